// SPDX-License-Identifier: Apache-2.0
// The host side of tohost and fromhost.
#include "freebits/tb/htif.hpp"

#include <gtest/gtest.h>

#include "programs.hpp"

namespace freebits::tb {
namespace {

class HostInterface : public testing::Test {
 protected:
  HostInterface() { memory.add_region(0x80000000, 0x2000); }
  void store(std::uint32_t address, std::uint32_t value, std::uint64_t now = 0) {
    memory.write_word(address, value);
    htif.stored(address, now);
  }

  static constexpr std::uint32_t kTo = 0x80000100;
  static constexpr std::uint32_t kFrom = 0x80000140;
  SystemMemory memory;
  std::string text;
  Htif htif{make_elf(), memory, [this](std::string_view t) { text += t; }};

 private:
  static Elf make_elf() {
    Elf e;
    e.symbols = {{"tohost", kTo}, {"fromhost", kFrom}};
    return e;
  }
};

TEST_F(HostInterface, ExitsWithTheCodeAboveBitZero) {
  store(kTo, 7 << 1 | 1);
  store(kTo + 4, 0);
  EXPECT_EQ(htif.exit_code(), 7U);
}

TEST_F(HostInterface, ExitsOnALowerWordAloneAfterAWhile) {
  store(kTo, 1, 10);
  EXPECT_EQ(htif.exit_code(), std::nullopt);
  htif.tick(20);
  EXPECT_EQ(htif.exit_code(), std::nullopt);
  htif.tick(1000);
  EXPECT_EQ(htif.exit_code(), 0U);
}

TEST_F(HostInterface, PrintsCharactersWhicheverWordComesFirst) {
  store(kTo, 'o');
  store(kTo + 4, 0x01010000);
  store(kTo + 4, 0x01010000);
  store(kTo, 'k');
  EXPECT_EQ(text, "ok");
  EXPECT_EQ(memory.read_word(kTo), 0U) << "tohost is free for the next message";
}

TEST_F(HostInterface, ServesTheWriteSystemCallAndAnswers) {
  const std::uint32_t block = 0x80000200;
  const std::string message = "hello\n";
  memory.write(0x80000300,
               std::span(reinterpret_cast<const std::uint8_t*>(message.data()), message.size()));
  memory.write_word(block, 64);
  memory.write_word(block + 8, 1);
  memory.write_word(block + 16, 0x80000300);
  memory.write_word(block + 24, 6);
  store(kTo, block);
  store(kTo + 4, 0);
  EXPECT_EQ(text, message);
  EXPECT_EQ(memory.read_word(block), 6U);
  EXPECT_EQ(memory.read_word(kFrom), 1U);
  EXPECT_FALSE(htif.take_writes().empty());
}

TEST_F(HostInterface, RefusesOtherSystemCallsWithAnErrorNumber) {
  memory.write_word(0x80000200, 4242);
  store(kTo, 0x80000200);
  store(kTo + 4, 0);
  EXPECT_EQ(memory.read_word(0x80000200), static_cast<std::uint32_t>(-38));
  EXPECT_EQ(htif.exit_code(), std::nullopt);
}

}  // namespace
}  // namespace freebits::tb
