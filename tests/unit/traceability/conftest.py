"""Property tests without deadlines: a busy machine is no fault, and one run is like another."""

from hypothesis import settings

settings.register_profile("calm", deadline=None, derandomize=True)
settings.load_profile("calm")
