// SPDX-License-Identifier: Apache-2.0
#include "tb/host/corev_peripherals.hpp"

namespace freebits::tb {
namespace {

constexpr std::uint32_t kPassed = 123456789;

}  // namespace

void CorevPeripherals::stored(std::uint32_t address) {
  const std::uint32_t word = address & ~3U;
  const std::uint32_t value = memory_.read_word(word);
  switch (word) {
    case kWatched[0]:
    case kWatched[2]: {
      const char character = static_cast<char>(value);
      console_(std::string_view(&character, 1));
      break;
    }
    case kWatched[1]:
    case kWatched[3]:
      if (value == kPassed) exit_code_ = 0;
      if (value == 1) exit_code_ = 1;
      break;
    case kWatched[1] + 4:
    case kWatched[3] + 4:
      exit_code_ = value;
      break;
    default:
      break;
  }
}

}  // namespace freebits::tb
