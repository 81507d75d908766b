// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "cli/common/output_file.hpp"
#include "tb/isa/retired.hpp"

namespace freebits::cli {

/// `--instructions`: one line per retired instruction.
class InstructionLog {
 public:
  /// `with_core`: a column says which core.
  InstructionLog(const std::string& file, bool with_core);

  void add(const isa::Retired& r, std::uint64_t cycle, unsigned core = 0);
  void finish() { out_.commit(); }

 private:
  OutputFile out_;
  bool with_core_;
  std::string line_;
};

}  // namespace freebits::cli
