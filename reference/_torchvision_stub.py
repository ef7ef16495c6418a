"""A stub of torchvision. timm imports torchvision at module level but does not need it to build a classifier.

Call `import _torchvision_stub` before `import timm`. Every `torchvision.*` module then exists, and every name in it is an
empty class. An error occurs only if code really uses such a class.
"""

import importlib.abc
import importlib.machinery
import sys
import types


class _AnyAttribute(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return f"{cls.__name__}.{name}"


class _StubModule(types.ModuleType):
    __path__: list[str] = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        made = _AnyAttribute(name, (), {})
        setattr(self, name, made)
        return made


class _StubFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, fullname, path=None, target=None):
        if fullname.partition(".")[0] != "torchvision":
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec):
        return _StubModule(spec.name)

    def exec_module(self, module):
        pass


try:
    import torchvision  # noqa: F401  (the real one wins where it is installed)
except ImportError:
    sys.meta_path.append(_StubFinder())
