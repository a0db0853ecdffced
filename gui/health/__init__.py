"""The look "Health": how each layer fares while the network is trained, and what is wrong, in plain words."""

from gui.health.health import Health
from gui.health.page import HealthPage

__all__ = ["Health", "HealthPage"]
