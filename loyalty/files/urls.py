"""Where photos are shown, and sent over REST."""

from django.urls import path

from loyalty.api.views import endpoint
from loyalty.files.api import KeepPhotoView
from loyalty.files.views import photo

urlpatterns = [path("photos/<str:name>", photo, name="photo")]
api_urlpatterns = [path("photos", endpoint(post=KeepPhotoView))]
