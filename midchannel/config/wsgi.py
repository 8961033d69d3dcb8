"""Django as a WSGI application: pages, and the API people's programs call."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "midchannel.config.settings")
application = get_wsgi_application()
