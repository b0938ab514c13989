# SPDX-License-Identifier: BSD-2-Clause
"""All that the package has of the C libraries; pmip has it when it is asked for."""
from . import flow, generated
from .base import TIME_NONE, Config, Context, Now, Structure
from .error import BackendError, Error, NoMemory, PolicyError, StateError, WireError
from .generated import *  # noqa: F401,F403
from .lma import Lma, LmaConfig
from .mag import Mag, MagConfig
from .message import MESSAGES, OPTIONS, Message, Option, decode
from .pcap import CaptureError, messages, read_pcap

__all__ = ['MESSAGES', 'OPTIONS', 'TIME_NONE', 'BackendError', 'CaptureError', 'Config', 'Context', 'Error', 'Lma', 'LmaConfig', 'Mag', 'MagConfig', 'Message',
           'NoMemory', 'Now', 'Option', 'PolicyError', 'StateError', 'Structure', 'WireError', 'decode', 'flow', 'messages', 'read_pcap']
__all__ += generated.__all__
