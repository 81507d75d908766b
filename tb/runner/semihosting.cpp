// SPDX-License-Identifier: Apache-2.0
#include "tb/runner/semihosting.hpp"

#include <algorithm>
#include <cstring>

#include "tb/runner/runner.hpp"

namespace freebits::tb {
namespace {

constexpr std::uint32_t kBefore = 0x01f01013;  // slli x0, x0, 0x1f
constexpr std::uint32_t kEbreak = 0x00100073;
constexpr std::uint32_t kAfter = 0x40705013;  // srai x0, x0, 7

constexpr std::uint32_t kSysExit = 0x18;
constexpr std::uint32_t kSysExitExtended = 0x20;
constexpr std::uint32_t kApplicationExit = 0x20026;  // the only reason that is no failure

constexpr unsigned kA0 = 10;
constexpr unsigned kA1 = 11;

}  // namespace

std::optional<std::uint32_t> Semihosting::retired(const isa::Retired& r) {
  auto code = r.trap ? trapped(r, x_) : std::nullopt;
  x_[r.rd] = r.rd_value;
  x_[r.rd2] = r.rd2_value;
  x_[0] = 0;
  return code;
}

std::optional<std::uint32_t> Semihosting::trapped(const isa::Retired& r,
                                                  const std::array<std::uint32_t, 32>& x) const {
  if (r.insn != kEbreak || read_(r.pc - 4) != kBefore || read_(r.pc + 4) != kAfter)
    return std::nullopt;
  if (x[kA0] == kSysExit) return x[kA1] == kApplicationExit ? 0 : 1;
  if (x[kA0] != kSysExitExtended) return std::nullopt;
  const std::uint32_t code = read_(x[kA1] + 4).value_or(1);
  return read_(x[kA1]) == kApplicationExit ? code : std::max(code, 1U);
}

bool uses_semihosting(const Elf& elf) {
  constexpr std::array<std::uint32_t, 3> kCall = {kBefore, kEbreak, kAfter};
  std::array<std::uint8_t, sizeof kCall> bytes{};
  std::memcpy(bytes.data(), kCall.data(), bytes.size());
  return std::ranges::any_of(elf.segments, [&bytes](const Elf::Segment& segment) {
    return !std::ranges::search(segment.data, bytes).empty();
  });
}

}  // namespace freebits::tb
