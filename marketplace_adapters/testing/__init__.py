"""What every adapter must do, as tests that ship with the library."""
