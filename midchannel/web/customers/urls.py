"""The customers' addresses."""

from django.urls import path

from midchannel.web.customers import behaviour, linking, past, people, social, views, why, worth

CUSTOMER = "customers/<int:customer_id>"

urlpatterns = [
    path("customers/", views.customers, name="customers"),
    path(f"{CUSTOMER}/", views.customer, name="customer"),
    path(f"{CUSTOMER}/timeline/", views.more, name="customer_timeline"),
    path(f"{CUSTOMER}/fresh/", views.fresh, name="customer_fresh"),
    path(f"{CUSTOMER}/note/", views.note, name="customer_note"),
    path("customers/organisations/", people.all_organisations, name="organisations"),
    path(f"{CUSTOMER}/on/", past.on, name="customer_on"),
    path(f"{CUSTOMER}/people/", people.people, name="customer_people"),
    path(f"{CUSTOMER}/why/", why.why, name="customer_why"),
    path(f"{CUSTOMER}/behaviour/", behaviour.visits, name="customer_behaviour"),
    path(f"{CUSTOMER}/social/", social.social_record, name="customer_social"),
    path(f"{CUSTOMER}/social/posts/", social.posts, name="customer_social_posts"),
    path(f"{CUSTOMER}/purchases/", worth.purchases, name="customer_orders"),
    path(f"{CUSTOMER}/same/", linking.candidates, name="customer_same"),
    path(f"{CUSTOMER}/same/<int:other_id>/", linking.link, name="customer_link"),
    path(f"{CUSTOMER}/records/<int:record_id>/apart/", linking.apart, name="customer_apart"),
    path("customers/decisions/<int:decision_id>/undo/", linking.undo, name="customer_undo"),
]
