// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace freebits::cli {

/// To be called first. A standard stream that was closed when the program started stays closed;
/// otherwise the next file that is opened would take its place. Messages to a closed standard error
/// are lost, and printing to a closed standard output is an error.
void keep_standard_streams();

/// Last of all: whether everything printed on standard output has arrived. Says so in one line
/// where it has not, unless the command has failed anyway. The program's exit code.
[[nodiscard]] int checked_output(int exit_code);

/// Something printed on standard output, or on standard error, could not be written.
[[nodiscard]] bool output_has_failed();

}  // namespace freebits::cli
