// SPDX-License-Identifier: Apache-2.0
// The host side of tohost and fromhost.
#include "tb/host/htif.hpp"

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

  static Elf make_elf() {
    Elf e;
    e.symbols = {{"tohost", kTo}, {"fromhost", kFrom}};
    return e;
  }

  static constexpr std::uint32_t kTo = 0x80000100;
  static constexpr std::uint32_t kFrom = 0x80000140;
  SystemMemory memory;
  std::string text;
  HostMemoryOf<SystemMemory> host{memory};
  Htif htif{make_elf(), host, [this](std::string_view t) { text += t; }};
};

TEST_F(HostInterface, ExitsWithTheCodeAboveBitZero) {
  store(kTo, 7 << 1 | 1);
  store(kTo + 4, 0);
  EXPECT_EQ(htif.exit_code(), 7U);
}

TEST_F(HostInterface, ExitsOnALowerWordAloneAfterAWhile) {
  store(kTo, 1, 10);
  EXPECT_EQ(htif.exit_code(), std::nullopt);
  htif.tick(10 + Htif::kLoneWordWait);
  EXPECT_EQ(htif.exit_code(), std::nullopt);
  htif.tick(11 + Htif::kLoneWordWait);
  EXPECT_EQ(htif.exit_code(), 0U);
}

TEST_F(HostInterface, ExitsOnALowerWordThatIsRepeated) {
  store(kTo, 5 << 1 | 1);
  EXPECT_EQ(htif.exit_code(), std::nullopt);
  store(kTo, 5 << 1 | 1);
  EXPECT_EQ(htif.exit_code(), 5U);
}

TEST_F(HostInterface, WaitsForASecondCoresUpperWord) {
  Htif patient(
      make_elf(), host, [this](std::string_view t) { text += t; }, 1000);
  memory.write_word(kTo, 1);
  patient.stored(kTo, 5);
  patient.stored(kTo, 6);
  patient.stored(kTo, 1004);
  EXPECT_EQ(patient.exit_code(), std::nullopt);
  patient.stored(kTo, 1005);
  EXPECT_EQ(patient.exit_code(), 0U);
}

TEST_F(HostInterface, TakesNoHalfOfAMessageForAnExit) {
  store(kTo, 'o', 0);  // bit 0 set: an exit, if it were all
  htif.tick(5000);
  store(kTo + 4, 0x01010000, 5000);
  EXPECT_EQ(htif.exit_code(), std::nullopt);
  EXPECT_EQ(text, "o");
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

TEST_F(HostInterface, RefusesToWriteWhatLiesOutsideMemory) {
  memory.write_word(0x80000200, 64);
  memory.write_word(0x80000210, 0x1000);
  memory.write_word(0x80000218, 6);
  store(kTo, 0x80000200);
  store(kTo + 4, 0);
  EXPECT_EQ(memory.read_word(0x80000200), static_cast<std::uint32_t>(-14));
  EXPECT_EQ(text, "");
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
