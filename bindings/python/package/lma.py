# SPDX-License-Identifier: BSD-2-Clause
"""The engine of a LMA, and its configuration."""
from .base import Config
from .engine import Engine
from .generated import LmaBase, LmaConfigBase


class LmaConfig(LmaConfigBase, Config):
    __doc__ = LmaConfigBase.__doc__


class Lma(LmaBase, Engine):
    __doc__ = LmaBase.__doc__
