// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace freebits::cli {

/// First of all: a standard stream that was closed by whoever started the program stays so, rather
/// than that the next file opened is taken for it. What is said on a closed standard error is lost,
/// what is printed on a closed standard output is an error.
void keep_standard_streams();

/// Last of all: whether everything printed on standard output has arrived. Says so in one line
/// where it has not, unless the command has failed anyway. The program's exit code.
[[nodiscard]] int checked_output(int exit_code);

/// Something printed on standard output, or on standard error, could not be written.
[[nodiscard]] bool output_has_failed();

}  // namespace freebits::cli
