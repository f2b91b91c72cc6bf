"""A parcel of files for a person who does the uploading."""
