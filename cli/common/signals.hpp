// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/stop.hpp"

namespace freebits::cli {

/// From now on SIGINT and SIGTERM set `interrupted`, and stop_token() is requested. If no loop asks
/// the token within 0.8 seconds (a library, a file system that hangs), or if the work that has
/// asked it has not ended after ten seconds (it is saving), the program ends with exit code 3 all
/// the same; this loses no more than kill -9 would. A limit on the size of files (ulimit -f)
/// becomes an error when writing instead of a signal.
void catch_signals();

/// The work under way writes a file by a library that may be busy with it for longer than 0.8
/// seconds (waveforms), and that is worth ending well: it gets the ten seconds at once.
void allow_time_to_save();

/// What a command hands down to its work.
[[nodiscard]] StopToken stop_token();

}  // namespace freebits::cli
