"""``app``: the window as a cell sees it. Everything is done on the GUI thread, and waited for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from core.config import ConfigError
from core.errors import UserError
from core.events import Keep
from core.registry import Registry
from core.run_config import RunConfig, changed, run_config

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDockWidget

    from gui.inside.page import InsidePage
    from gui.pages import Pages
    from gui.workbench import Workbench

T = TypeVar("T")
GOES_ON = "A run goes on: stop it first, for instance with app.stop()."
NO_RUN = "No run goes on: start one first, with app.start()."
KEEPS: tuple[Keep, ...] = ("last", "best", "nothing")


class Listing(dict[str, str]):
    """Id -> title."""

    def __repr__(self) -> str:
        width = max(map(len, self), default=0)
        return "\n".join(f"{id:<{width}}  {title}" for id, title in self.items()) or "none"


class App:
    """The window: open(), start(), pause(), resume(), step(), stop(), show(), say(); networks, datasets, optimizers,
    schedules and pages list what there is.
    """

    def __init__(
        self, workbench: Workbench, call: Callable[[Callable[[], Any]], Any], will_stop: Callable[[], None]
    ) -> None:
        self._workbench, self._call, self._will_stop = workbench, call, will_stop

    @property
    def state(self) -> str:
        """ "idle", "preparing", "running", "paused" or "stopping"."""
        return self._workbench.session.state

    @property
    def networks(self) -> Listing:
        """What can be trained."""
        return _titles(self._registry.networks)

    @property
    def datasets(self) -> Listing:
        """What can be learnt from."""
        return _titles(self._registry.datasets)

    @property
    def optimizers(self) -> Listing:
        """How weights can be moved."""
        return _titles(self._registry.optimizers)

    @property
    def schedules(self) -> Listing:
        """How the learning rate can move."""
        return _titles(self._registry.schedules)

    @property
    def pages(self) -> Listing:
        """What show() can bring to the front."""
        return Listing(self._call(lambda: {name: title for name, (title, _) in self._places().items()}))

    @property
    def config(self) -> RunConfig | None:
        """What Start would train as the set-up stands; None where something in it is wrong."""
        found: RunConfig | None = self._call(self._workbench.setup.config)
        return found

    def open(self, network: str = "", **settings: Any) -> None:
        """Fill in the set-up: app.open("lenet", data="digits", optimizer="sgd", lr=0.01, epochs=3).

        Without a network, the one that is there, with other settings. ``settings``: data, preset, optimizer,
        schedule, and any by the names that the command line's --set knows, such as momentum, batch_size, hidden.

        Raises:
            UserError: where a name or a value is wrong, or a run goes on.
        """
        self._call(partial(self._open, network, settings))

    def start(self) -> None:
        """Train what is set up, as soon as this cell is done."""
        self._call(partial(self._begin, "start"))

    def step(self) -> None:
        """One step, once this cell is done; without a run, the first one of a new run."""
        if self._workbench.session.active:
            self._call(self._workbench.session.step)
        else:
            self._call(partial(self._begin, "step"))

    def pause(self) -> None:
        """Let the run wait, once this cell is done."""
        self._steer(self._workbench.session.pause)

    def resume(self) -> None:
        """Let it go on, once this cell is done."""
        self._steer(self._workbench.session.resume)

    def stop(self, keep: Keep = "last") -> None:
        """End the run once this cell is done, and keep its "last" weights, its "best", or "nothing"."""
        if keep not in KEEPS:
            raise UserError('keep is "last", "best" or "nothing": whose weights the run leaves.')
        self._will_stop()
        self._steer(partial(self._workbench.session.stop, keep))

    def show(self, page: str) -> None:
        """Bring a page or dock to the front: app.pages lists them.

        Raises:
            UserError: where there is none of that name.
        """
        self._call(partial(self._show, page))

    def say(self, words: object) -> None:
        """Words for the status bar."""
        self._call(partial(self._workbench.say, str(words)))

    def __repr__(self) -> str:
        config = self.config
        chosen = f"{config.network} on {config.data}, {config.optimizer}" if config else "not complete"
        return (
            f"Trainyard, {self.state}. Set up: {chosen}\n"
            'app.open("lenet", data="digits", optimizer="sgd", lr=0.01)  app.start()  app.pause()  app.resume()\n'
            "app.step()  app.stop()  app.show('results')  app.networks  app.datasets  app.optimizers  app.pages"
        )

    @property
    def _registry(self) -> Registry:
        return self._workbench.registry

    def _steer(self, action: Callable[[], None]) -> None:
        if not self._workbench.session.active:
            raise UserError(NO_RUN)
        self._call(action)

    def _open(self, network: str, settings: Mapping[str, Any]) -> None:
        if self._workbench.session.active:
            raise UserError(GOES_ON)
        rest = dict(settings)
        data, preset = rest.pop("data", None), rest.pop("preset", "")
        now = self._workbench.setup.config()
        if network or preset or now is None:
            spec = self._registry.get("networks", network or self._workbench.setup.network.id)
            now = run_config(spec, data, preset)
        elif data:
            rest["data"] = data
        config = changed(self._registry, now, rest)
        spec, source = self._registry.get("networks", config.network), self._registry.get("datasets", config.data)
        if spec.task != source.task:
            raise ConfigError(
                f"{spec.title} is for {spec.task}, but {source.title} is for {source.task}: choose another."
            )
        self._workbench.setup.take(config)

    def _begin(self, button: str) -> None:
        workbench = self._workbench
        if workbench.session.active:
            raise UserError(GOES_ON)
        if not workbench.run_bar.buttons[button].isEnabled():
            raise UserError(workbench.window.statusBar().currentMessage() or "Start is not possible now.")
        workbench.press(button)

    def _show(self, page: str) -> None:
        places = self._places()
        if page not in places:
            raise UserError(f"There is no page {page!r}; there are: {', '.join(places)}.")
        places[page][1]()

    def _places(self) -> dict[str, tuple[str, Callable[[], None]]]:
        """Pages, the tabs of Inside, and docks, by the last word of their titles."""
        pages, inside, docks = self._workbench.pages, self._workbench.inside.page, self._workbench.window.docks
        found: dict[str, tuple[str, Callable[[], None]]] = {}
        for name, dock in docks.items():
            found[name] = (dock.windowTitle(), partial(_raise, dock))
        for index in range(inside.count()):
            title = inside.tabText(index)
            found[_key(title)] = (title, partial(_look, pages, inside, index))
        for index in range(pages.count()):
            title = pages.tabText(index)
            found[_key(title)] = (title, partial(pages.setCurrentIndex, index))
        return found


def _titles(specs: Mapping[str, Any]) -> Listing:
    return Listing({id: spec.title for id, spec in specs.items()})


def _key(title: str) -> str:
    return title.replace("&", "").lower().split()[-1]


def _raise(dock: QDockWidget) -> None:
    dock.show()
    dock.raise_()


def _look(pages: Pages, inside: InsidePage, index: int) -> None:
    pages.show_page(inside)
    inside.setCurrentIndex(index)
