// SPDX-License-Identifier: Apache-2.0
// fb_exhaustive: which encodings the core takes for instructions, against the model's decoder.
#include <fmt/format.h>

#include <iostream>
#include <string>

#include "exhaustive.hpp"

namespace {

using freebits::random::DecodeResult;
using freebits::random::Encodings;

constexpr std::string_view kUsage = R"(fb_exhaustive --level NAME [--full]
All 16-bit encodings, all 32-bit ones in every bit an instruction of any level tests (--full: in all
bits of opcode, funct3, funct7 and rs2), and all CSR accesses: legal on the core as in the model?
exit code 0: yes; 1: no; 2: bad usage
)";

bool check(std::string_view what, const Encodings& encodings, freebits::isa::Level level) {
  const DecodeResult result = try_encodings(encodings, level);
  std::cout << fmt::format(
      "{:<8} {:<14} {:>8} encodings executed, {:>8} illegal, {:>7} left to "
      "random programs\n",
      name(level), what, result.tried, result.illegal, result.left_out);
  if (result.failure) std::cout << "FAILED: " << *result.failure;
  return !result.failure;
}

}  // namespace

int main(int argc, char** argv) {
  std::optional<freebits::isa::Level> level;
  bool full = false;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    if (option == "--full") {
      full = true;
    } else if (option == "--level" && i + 1 < argc) {
      level = freebits::isa::parse_level(argv[++i]);
    } else {
      std::cerr << kUsage;
      return option == "--help" ? 0 : 2;
    }
  }
  if (!level) {
    std::cerr << kUsage;
    return 2;
  }
  bool good = check("16-bit", freebits::random::all_16_bit(), *level);
  good = check("32-bit", freebits::random::all_32_bit(1, 2, full), *level) && good;
  good = check("CSR", freebits::random::all_csr_accesses(), *level) && good;
  return good ? 0 : 1;
}
