// SPDX-License-Identifier: Apache-2.0
#include "tb/runner/runner.hpp"

#include "tb/runner/single.hpp"

namespace freebits::tb {

RunResult run_program(const Elf& elf, SystemMemory& memory, const RunOptions& options) {
  load(elf, memory);
  return options.model ? run_model(elf, memory, options) : run_rtl(elf, memory, options);
}

}  // namespace freebits::tb
