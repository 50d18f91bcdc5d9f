"""Story: a registered version is trained again; how alike does it come out, and what is to blame?"""
