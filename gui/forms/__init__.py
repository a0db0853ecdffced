"""Forms generated from a config: what a person types is checked by the config itself."""

from gui.forms.config_form import ConfigForm

__all__ = ["ConfigForm"]
