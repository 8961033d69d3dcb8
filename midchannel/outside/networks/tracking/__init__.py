"""What people do on a company's pages and in its apps, in the language of Segment's tracking API: behaviour, visits, orders, traits."""
