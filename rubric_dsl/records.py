"""Dataclasses that are quick to define: a start of the program defines more than a hundred.

The standard library writes and compiles six methods for each frozen class. Here ``__init__`` alone is compiled; the others
do the same for every class and are shared. Types are checked against the standard decorator, which is what this is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass

    __all__ = ["dataclass"]
else:
    import dataclasses
    from collections.abc import Callable
    from operator import attrgetter
    from reprlib import recursive_repr

    Fields = tuple[dataclasses.Field, ...]
    Method = Callable[..., object]

    class _Factory:
        """Stands for what a field's factory makes."""

        def __repr__(self) -> str:
            return "<factory>"

    _FACTORY = _Factory()

    def dataclass(*, frozen: bool = False, slots: bool = False) -> Callable[[type], type]:
        """Make a class a dataclass."""

        def decorated(cls: type) -> type:
            own = set(vars(cls))
            if "__eq__" in own and cls.__hash__ is None:
                own.discard("__hash__")  # Python put it there
            made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
            made.__dataclass_params__.init = made.__dataclass_params__.repr = made.__dataclass_params__.eq = True
            made.__dataclass_params__.frozen = frozen
            fields = dataclasses.fields(made)
            equal, digest = _compared(fields)
            methods = {"__init__": _init(made, fields, frozen=frozen), "__repr__": _shown(fields)}
            methods |= {"__eq__": equal, "__hash__": digest if frozen else None}
            if frozen:
                methods |= {"__setattr__": _refuse_set, "__delattr__": _refuse_delete}
                methods |= {"__getstate__": _state, "__setstate__": _restore}
            for name, method in methods.items():
                if name not in own:
                    setattr(made, name, method)
            return made

        return decorated

    def _init(cls: type, fields: Fields, *, frozen: bool) -> Method:
        scope = {"_absent": _FACTORY}
        parameters, body = ["self"], []
        for field in fields:
            name, value = field.name, field.name
            if field.default_factory is not dataclasses.MISSING:
                scope[f"_make_{name}"] = field.default_factory
                value = f"_make_{name}() if {name} is _absent else {name}" if field.init else f"_make_{name}()"
                default = "=_absent"
            elif field.default is not dataclasses.MISSING:
                scope[f"_default_{name}"] = field.default
                default = f"=_default_{name}"
                value = name if field.init else f"_default_{name}"
            elif field.init:
                default = ""
            else:
                continue
            if field.init:
                parameters.append(name + default)
            if frozen:
                scope[f"_set_{name}"] = vars(cls)[name].__set__
                body.append(f"_set_{name}(self, {value})")
            else:
                body.append(f"self.{name} = {value}")
        if hasattr(cls, "__post_init__"):
            body.append("self.__post_init__()")
        exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(body or ["pass"]), scope)  # noqa: S102 - names of fields
        made = scope["__init__"]
        made.__annotations__ = {field.name: field.type for field in fields if field.init} | {"return": None}
        made.__qualname__, made.__module__ = f"{cls.__qualname__}.__init__", cls.__module__
        return made

    def _shown(fields: Fields) -> Method:
        names = [field.name for field in fields if field.repr]

        @recursive_repr("...")
        def shown(self: object) -> str:
            return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

        return shown

    def _compared(fields: Fields) -> tuple[Method, Method]:
        names = [field.name for field in fields if field.compare]
        one = attrgetter(*names) if names else None
        values = one if len(names) > 1 else (lambda self: (one(self),)) if names else (lambda self: ())

        def equal(self: object, other: object) -> bool:
            return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

        def digest(self: object) -> int:
            return hash(values(self))

        return equal, digest

    def _refuse_set(self: object, name: str, value: object) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def _refuse_delete(self: object, name: str) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    def _state(self: object) -> list[object]:
        return [getattr(self, field.name) for field in dataclasses.fields(self)]

    def _restore(self: object, state: list[object]) -> None:
        for field, value in zip(dataclasses.fields(self), state, strict=True):
            object.__setattr__(self, field.name, value)
