"""Who is who: settings, utility profiles, and the one file that names concrete classes."""
