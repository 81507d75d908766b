// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/stop.hpp"

namespace freebits::cli {

/// From now on SIGINT and SIGTERM set `interrupted`, and stop_token() is requested. Should nobody
/// notice that within 0.8 seconds (something that no loop of ours looks into: a library, a file
/// system that hangs), or should what was noticed not be at its end after ten (saving is under
/// way), the program ends with exit code 3 all the same. Nothing is lost by that that kill -9 would
/// not lose. A limit on the size of files (ulimit -f) is an error when writing, not a signal.
void catch_signals();

/// The work under way writes a file by a library that may be busy with it for longer than 0.8
/// seconds (waveforms), and that is worth ending well: it gets the ten seconds at once.
void allow_time_to_save();

/// What a command hands down to its work.
[[nodiscard]] StopToken stop_token();

}  // namespace freebits::cli
