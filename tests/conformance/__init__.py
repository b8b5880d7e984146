"""Do the layers agree, and does `verify` notice when they do not?"""
