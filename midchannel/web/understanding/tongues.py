"""Names of languages that are read and that Django has no name for."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

NAMES: Mapping[str, str | Promise] = {
    "am": gettext_lazy("Amharic"),
    "ha": gettext_lazy("Hausa"),
    "hi-Latn": gettext_lazy("Hindi in Latin letters"),
    "mul": gettext_lazy("Several languages"),
    "om": gettext_lazy("Oromo"),
    "pcm": gettext_lazy("Nigerian Pidgin"),
    "rw": gettext_lazy("Kinyarwanda"),
    "so": gettext_lazy("Somali"),
    "su": gettext_lazy("Sundanese"),
    "ti": gettext_lazy("Tigrinya"),
    "ts": gettext_lazy("Tsonga"),
    "tw": gettext_lazy("Twi"),
    "vmw": gettext_lazy("Makhuwa"),
    "yo": gettext_lazy("Yoruba"),
    "zh": gettext_lazy("Chinese"),
}
