"""Dataclasses that are quick to define: a start of the program defines more than a hundred.

The standard library writes and compiles six methods for each frozen class. Here ``__init__`` alone is compiled, when the
first object is made, and once for all classes of one shape; the others are the same code for every class. What is made is a dataclass to ``dataclasses`` and to
the type checker, which sees the standard decorator. Only what the package uses of it is here: ``frozen``, ``slots``,
``KW_ONLY`` and ``field``; anything else is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass

    __all__ = ["dataclass"]
else:
    import dataclasses
    from collections.abc import Callable
    from copy import copy
    from functools import cache
    from inspect import get_annotations
    from operator import attrgetter
    from reprlib import recursive_repr
    from types import CodeType, FunctionType

    Fields = tuple[dataclasses.Field, ...]
    Method = Callable[..., object]

    class _Factory:
        """Stands for what a field's factory makes."""

        def __repr__(self) -> str:
            return "<factory>"

    _FACTORY = _Factory()
    _SET = object.__setattr__

    def dataclass(*, frozen: bool = False, slots: bool = False) -> Callable[[type], type]:
        """Make a class a dataclass."""
        if not slots:
            raise TypeError("these dataclasses have slots")

        def decorated(cls: type) -> type:
            own = set(vars(cls))
            if "__eq__" in own and cls.__hash__ is None:
                own.discard("__hash__")  # Python put it there
            fields = _fields(cls)
            made = _slotted(cls, fields)
            made.__dataclass_fields__ = {field.name: field for field in fields}
            made.__dataclass_params__ = _PARAMETERS[frozen]
            made.__match_args__ = tuple(field.name for field in fields if field.init and not field.kw_only)
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

    @dataclasses.dataclass(init=False, repr=False, eq=False)
    class _Sample:
        """What the standard library makes; without a docstring it would work one out, slowly."""

        field: object

    _KIND = _Sample.__dataclass_fields__["field"]._field_type

    def _parameters(*, frozen: bool) -> object:
        made = copy(_Sample.__dataclass_params__)
        made.init = made.repr = made.eq = True
        made.frozen = frozen
        if hasattr(made, "slots"):  # since Python 3.12
            made.slots = True
        return made

    _PARAMETERS = {frozen: _parameters(frozen=frozen) for frozen in (False, True)}

    def _fields(cls: type) -> Fields:
        found: list[dataclasses.Field] = []
        keyword = False
        if any(hasattr(base, "__dataclass_fields__") for base in cls.__mro__[1:]):
            raise TypeError(f"{cls.__name__}: these dataclasses do not inherit from one another")
        for name, kind in get_annotations(cls).items():
            if "ClassVar" in str(kind):
                continue
            if kind is dataclasses.KW_ONLY or str(kind).rpartition(".")[2] == "KW_ONLY":
                if keyword:
                    raise TypeError(f"{name!r} is KW_ONLY, but KW_ONLY has already been specified")
                keyword = True
                continue
            given = vars(cls).get(name, dataclasses.MISSING)
            field = given if isinstance(given, dataclasses.Field) else dataclasses.field(default=given)
            field.name, field.type, field._field_type = name, kind, _KIND
            field.kw_only = keyword if field.kw_only is dataclasses.MISSING else field.kw_only
            _refuse_unknown(cls, field, before=found)
            found.append(field)
        return tuple(found)

    def _refuse_unknown(cls: type, field: dataclasses.Field, before: list[dataclasses.Field]) -> None:
        """Refuse what the standard library refuses, and what it knows and this file does not."""
        if "InitVar" in str(field.type) or field.hash is not None or field.metadata:
            raise TypeError(f"{cls.__name__}.{field.name}: these dataclasses have no InitVar, hash or metadata")
        if field.default.__class__.__hash__ is None:
            kind = type(field.default)
            raise ValueError(f"mutable default {kind} for field {field.name} is not allowed: use default_factory")
        positional = [item for item in (*before, field) if item.init and not item.kw_only]
        if field in positional and not _optional(field) and any(map(_optional, positional)):
            raise TypeError(f"non-default argument {field.name!r} follows default argument")

    def _optional(field: dataclasses.Field) -> bool:
        return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING

    def _slotted(cls: type, fields: Fields) -> type:
        """A class is given slots when it is made, so it is made again."""
        names = tuple(field.name for field in fields)
        kept = {
            key: value
            for key, value in vars(cls).items()
            if key not in names and key not in ("__dict__", "__weakref__")
        }
        made = type(cls)(cls.__name__, cls.__bases__, kept | {"__slots__": names})
        made.__qualname__ = cls.__qualname__
        return made

    def _init(cls: type, fields: Fields, *, frozen: bool) -> Method:
        """Return what compiles the real method when the first object is made: most starts make none of most classes."""

        def first(self: object, *given: object, **named: object) -> None:
            real = _compiled_init(cls, fields, frozen=frozen)
            cls.__init__ = real
            real(self, *given, **named)

        first.__annotations__ = {field.name: field.type for field in fields if field.init} | {"return": None}
        first.__qualname__, first.__module__ = f"{cls.__qualname__}.__init__", cls.__module__
        return first

    def _compiled_init(cls: type, fields: Fields, *, frozen: bool) -> Method:
        """Return the real method. Classes of one shape share its code, each with the names of its own fields in it."""
        given = [field for field in fields if field.init]
        given.sort(key=lambda field: bool(field.kw_only))
        scope: dict[str, object] = {"_absent": _FACTORY}
        body = []
        for place, field in enumerate(fields):
            value = f"a{given.index(field)}" if field.init else f"default{place}"
            if field.default_factory is not dataclasses.MISSING:
                scope[f"make{place}"] = field.default_factory
                value = f"make{place}() if {value} is _absent else {value}" if field.init else f"make{place}()"
            elif not field.init and field.default is dataclasses.MISSING:
                continue
            elif not field.init:
                scope[value] = field.default
            scope[f"set{place}"] = vars(cls)[field.name].__set__
            body.append(f"set{place}(self, {value})" if frozen else f"self.{field.name} = {value}")
        if hasattr(cls, "__post_init__"):
            body.append("self.__post_init__()")
        keywords = sum(bool(field.kw_only) for field in given)
        code = _init_code(len(given) - keywords, keywords, "\n ".join(body or ["pass"]))
        code = code.replace(
            co_varnames=("self", *(field.name for field in given)), co_qualname=f"{cls.__qualname__}.__init__"
        )
        defaults = {
            field.name: field.default if field.default_factory is dataclasses.MISSING else _FACTORY
            for field in given
            if _optional(field)
        }
        keyword = {field.name for field in given if field.kw_only}
        made = FunctionType(code, scope, "__init__", tuple(defaults[key] for key in defaults if key not in keyword))
        made.__kwdefaults__ = {key: defaults[key] for key in defaults if key in keyword} or None
        made.__annotations__ = {field.name: field.type for field in fields if field.init} | {"return": None}
        made.__module__ = cls.__module__
        return made

    @cache
    def _init_code(positional: int, keywords: int, body: str) -> CodeType:
        names = [f"a{place}" for place in range(positional + keywords)]
        parameters = ["self", *names[:positional], *(["*", *names[positional:]] if keywords else [])]
        scope: dict[str, FunctionType] = {}
        exec(f"def __init__({', '.join(parameters)}):\n {body}", scope)  # noqa: S102 - numbers, and names of fields
        return scope["__init__"].__code__

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
        return [getattr(self, name) for name in self.__slots__]

    def _restore(self: object, state: list[object]) -> None:
        for name, value in zip(self.__slots__, state, strict=True):
            _SET(self, name, value)
