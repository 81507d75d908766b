// SPDX-License-Identifier: Apache-2.0
#include "tb/host/htif.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

namespace freebits::tb {
namespace {

constexpr std::uint32_t kSysWrite = 64;
constexpr std::uint32_t kSysExit = 93;
constexpr std::uint32_t kNoSuchCall = static_cast<std::uint32_t>(-38);  // -ENOSYS
constexpr std::uint32_t kBadAddress = static_cast<std::uint32_t>(-14);  // -EFAULT
constexpr std::uint32_t kLongestWrite = 1U << 20;

}  // namespace

Htif::Htif(const Elf& elf, HostMemory& memory, Console console, std::uint64_t repeat_wait)
    : memory_(memory),
      console_(std::move(console)),
      repeat_wait_(repeat_wait),
      tohost_(elf.symbol("tohost")),
      fromhost_(elf.symbol("fromhost")) {}

void Htif::stored(std::uint32_t address, std::uint64_t now) {
  if (!tohost_) return;
  if (!pending_since_) pending_since_ = now;
  bool repeated = false;
  if ((address & ~3U) == *tohost_ + 4) {
    upper_written_ = true;
  } else {
    const std::uint32_t value = memory_.read_word(*tohost_);
    repeated = lower_ == value && now - *pending_since_ >= repeat_wait_;
    lower_ = value;
  }
  if (repeated || (lower_ && upper_written_)) flush();
}

void Htif::tick(std::uint64_t now) {
  if (pending_since_ && now - *pending_since_ > kLoneWordWait) flush();
}

void Htif::flush() {
  if (!pending_since_) return;
  pending_since_.reset();
  lower_.reset();
  upper_written_ = false;
  const std::uint64_t value =
      std::uint64_t{memory_.read_word(*tohost_ + 4)} << 32 | memory_.read_word(*tohost_);
  if (value != 0) act(value);
}

void Htif::act(std::uint64_t value) {
  const auto device = static_cast<unsigned>(value >> 56);
  const auto command = static_cast<unsigned>(value >> 48 & 0xff);
  const auto payload = static_cast<std::uint32_t>(value);
  const bool negative = value >> 32 == 0xffffffff;  // a negative code, extended to 64 bits
  if ((device == 0 || negative) && (payload & 1) != 0) {
    exit_code_ = static_cast<std::uint32_t>(static_cast<std::int32_t>(payload) >> 1);
    return;
  }
  write(*tohost_, 0);
  write(*tohost_ + 4, 0);
  if (device == 1 && command == 1) {
    const char character = static_cast<char>(payload);
    console_(std::string_view(&character, 1));
  } else if (device == 0) {
    system_call(payload);
  }
}

void Htif::system_call(std::uint32_t block) {
  // Eight 64-bit words: number, arguments; the result replaces the number.
  const auto argument = [&](unsigned i) { return memory_.read_word(block + 8 * i); };
  std::uint32_t result = kNoSuchCall;
  if (argument(0) == kSysWrite) {
    std::string text(std::min(argument(3), kLongestWrite), '\0');
    const std::span<std::uint8_t> bytes(reinterpret_cast<std::uint8_t*>(text.data()), text.size());
    const bool readable = memory_.read(argument(2), bytes);
    if (readable) console_(text);
    result = readable ? static_cast<std::uint32_t>(text.size()) : kBadAddress;
  } else if (argument(0) == kSysExit) {
    exit_code_ = argument(1);
    return;
  }
  write(block, result);
  write(block + 4, static_cast<std::int32_t>(result) < 0 ? ~0U : 0U);
  if (fromhost_) {
    write(*fromhost_, 1);
    write(*fromhost_ + 4, 0);
  }
}

void Htif::write(std::uint32_t address, std::uint32_t value) {
  if (memory_.write_word(address, value)) writes_.push_back({address, value});
}

std::vector<Htif::Write> Htif::take_writes() { return std::exchange(writes_, {}); }

}  // namespace freebits::tb
