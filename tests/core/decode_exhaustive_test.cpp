// SPDX-License-Identifier: Apache-2.0
// Does the RTL raise an illegal-instruction trap exactly where the reference decoder says so? Every 16-bit word, and every value
// of every field a decoder looks at in 32-bit words, at every level. Each word is the first instruction after a reset: all
// registers are 0 and memory surrounds address 0, so that a trap can have no other reason.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iostream>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "freebits/isa/csr.hpp"
#include "freebits/isa/decode.hpp"
#include "freebits/isa/disassemble.hpp"
#include "freebits/tb/core_sim.hpp"
#include "freebits/tb/system_memory.hpp"

namespace freebits::test {
namespace {

using isa::Level;

constexpr std::uint32_t kBoot = 0x1000;
constexpr std::uint32_t kEcall = 0x00000073;
constexpr std::uint32_t kEbreak = 0x00100073;
constexpr std::uint32_t kWfi = 0x10500073;

bool legal_csr_access(const isa::InsnSpec& spec, std::uint32_t insn, Level level) {
  const isa::CsrSpec* csr = isa::find_csr(insn >> 20, level);
  if (csr == nullptr) return false;
  const bool replaces = spec.op == isa::Op::Csrrw || spec.op == isa::Op::Csrrwi;
  const bool writes = replaces || (insn >> 15 & 31) != 0;
  return !writes || !csr->read_only();
}

/// What the reference says: must the word trap when it is executed with all registers 0?
bool must_trap(std::uint32_t word, Level level) {
  std::uint32_t insn = word;
  if (isa::insn_length(word) == 2) {
    const auto expanded = isa::expand_compressed(static_cast<std::uint16_t>(word));
    if (!expanded) return true;
    insn = *expanded;
  }
  const isa::InsnSpec* spec = isa::decode(insn, level);
  if (spec == nullptr || insn == kEcall || insn == kEbreak) return true;
  return spec->has(isa::kCsr) && !legal_csr_access(*spec, insn, level);
}

/// Executes one word after the other, each after a reset, and compares.
class Judge {
 public:
  explicit Judge(Level level) {
    options_.level = level;
    options_.boot_address = kBoot;
    memory_.add_region(0, 0x2000);
    memory_.add_region(0xFFFFF000, 0x1000);
    core_ = std::make_unique<tb::CoreSim>(memory_, options_);
  }

  void check(std::uint32_t word) {
    ++words_;
    memory_.write_word(kBoot, word);
    core_->reset(options_);
    for (int cycle = 0; cycle < 60; ++cycle) {
      const isa::Retired* retired = core_->step();
      if (retired != nullptr) return compare(word, *retired);
      if (word == kWfi && core_->sleeping()) return;
    }
    fail(word, "did not retire");
  }

  [[nodiscard]] std::uint64_t words() const { return words_; }
  [[nodiscard]] std::uint64_t traps() const { return traps_; }
  [[nodiscard]] std::uint64_t failures() const { return failures_; }
  [[nodiscard]] std::string report() const { return report_.str(); }

 private:
  void compare(std::uint32_t word, const isa::Retired& retired) {
    const bool expected = must_trap(word, options_.level);
    traps_ += retired.trap ? 1 : 0;
    if (retired.pc != kBoot || retired.insn != word) return fail(word, "was not the first to retire");
    if (retired.trap == expected) return;
    fail(word, expected ? "is illegal, the RTL executes it" : "is legal, the RTL traps");
  }

  void fail(std::uint32_t word, const char* what) {
    if (++failures_ > 20) return;
    report_ << isa::name(options_.level) << " 0x" << std::hex << word << std::dec << " \""
            << isa::disassemble(word, kBoot) << "\" " << what << '\n';
  }

  tb::SystemMemory memory_;
  tb::CoreOptions options_;
  std::unique_ptr<tb::CoreSim> core_;
  std::uint64_t words_ = 0, traps_ = 0, failures_ = 0;
  std::ostringstream report_;
};

/// Runs `sweep(judge, share)` for every level, each level's words dealt over the processors.
template <class Sweep>
void at_every_level(Sweep sweep) {
  const unsigned shares = std::max(1U, std::thread::hardware_concurrency());
  for (std::size_t level = 0; level < isa::kLevelNames.size(); ++level) {
    std::vector<std::unique_ptr<Judge>> judges;
    std::vector<std::thread> threads;
    for (unsigned share = 0; share < shares; ++share) {
      judges.push_back(std::make_unique<Judge>(static_cast<Level>(level)));
      threads.emplace_back([&sweep, judge = judges.back().get(), share, shares] { sweep(*judge, share, shares); });
    }
    for (std::thread& thread : threads) thread.join();
    std::uint64_t words = 0, traps = 0;
    for (const auto& judge : judges) {
      EXPECT_EQ(judge->failures(), 0U) << judge->report();
      words += judge->words();
      traps += judge->traps();
    }
    EXPECT_GT(traps, 0U);
    EXPECT_LT(traps, words);
    std::cout << isa::kLevelNames[level] << ": " << words << " words, " << traps << " trap\n";
  }
}

/// Register fields of an instruction word.
struct Fields {
  std::uint32_t rd, rs1, rs2;
};

std::uint32_t build(std::uint32_t major, std::uint32_t funct3, std::uint32_t funct7, const Fields& f) {
  return funct7 << 25 | f.rs2 << 20 | f.rs1 << 15 | funct3 << 12 | f.rd << 7 | major << 2 | 3;
}

bool decoded_anywhere(std::uint32_t major) {
  for (const isa::InsnSpec& spec : isa::instructions()) {
    if ((spec.match >> 2 & 31) == major) return true;
  }
  return false;
}

/// Groups that decode a register field completely: SYSTEM, custom-1 with unary operations and hardware loops, custom-3.
bool decodes_fields(std::uint32_t major, std::uint32_t funct3) {
  return major == 0x1C || (major == 0x0A && (funct3 == 3 || funct3 == 4)) || major == 0x1E;
}

class FieldSweep {
 public:
  FieldSweep(Judge& judge, unsigned share, unsigned shares) : judge_(judge), random_(share + 1) {
    for (std::uint32_t row = share; row < 32 * 8 * 128; row += shares) {
      major_ = row >> 10;
      funct3_ = row >> 7 & 7;
      funct7_ = row & 127;
      if (major_ == 0x1F) continue;  // longer encodings: insn[4:2] = 111
      if (!decoded_anywhere(major_)) {
        for (int i = 0; i < 3; ++i) check(any());
      } else if (decodes_fields(major_, funct3_)) {
        every_value();
      } else {
        chosen_values();
      }
    }
  }

 private:
  std::uint32_t value() { return random_() & 31; }
  Fields any() { return {value(), value(), value()}; }
  void check(const Fields& fields) { judge_.check(build(major_, funct3_, funct7_, fields)); }

  void chosen_values() {
    const std::array<std::uint32_t, 8> values = {0, 1, 2, 4, 8, 16, 31, value()};
    for (const std::uint32_t v : values) {
      for (const Fields& rest : {Fields{0, 0, 0}, any()}) {
        check({v, rest.rs1, rest.rs2});
        check({rest.rd, v, rest.rs2});
        check({rest.rd, rest.rs1, v});
      }
    }
  }

  /// All of [24:20] with the other fields 0 or not, all of the others with [24:20] 0 or not.
  void every_value() {
    for (std::uint32_t v = 0; v < 32; ++v) {
      const Fields rest = {value() | 1, value() | 1, value() | 1};
      for (const std::uint32_t rd : {0U, rest.rd}) {
        for (const std::uint32_t rs1 : {0U, rest.rs1}) check({rd, rs1, v});
      }
      for (const std::uint32_t rs2 : {0U, rest.rs2}) {
        check({v, rest.rs1, rs2});
        check({v, 0, rs2});
        check({rest.rd, v, rs2});
        check({0, v, rs2});
      }
    }
  }

  Judge& judge_;
  std::minstd_rand random_;
  std::uint32_t major_ = 0, funct3_ = 0, funct7_ = 0;
};

TEST(DecodeExhaustive, Every16BitWordTrapsExactlyWhenItIsReserved) {
  at_every_level([](Judge& judge, unsigned share, unsigned shares) {
    for (std::uint32_t word = share; word < 0x10000; word += shares) {
      if ((word & 3) != 3) judge.check(word);
    }
  });
}

TEST(DecodeExhaustive, EveryOpcodeFieldTrapsExactlyWhereTheReferenceDecoderKnowsNoInstruction) {
  at_every_level([](Judge& judge, unsigned share, unsigned shares) { FieldSweep(judge, share, shares); });
}

}  // namespace
}  // namespace freebits::test
