// SPDX-License-Identifier: Apache-2.0
#include "exhaustive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <span>

#include "program.hpp"
#include "rows.hpp"
#include "tb/core/core_sim.hpp"
#include "tb/core/lockstep.hpp"
#include "tb/isa/hart.hpp"

namespace freebits::random {
namespace {

constexpr std::uint32_t kBase = 0x0001'0000;
constexpr std::uint32_t kSize = 0x0004'0000;
constexpr std::uint32_t kHandler = kBase;       // 8 instructions
constexpr std::uint32_t kStart = kBase + 0x20;  // sets the trap vector
constexpr std::uint32_t kFirst = kBase + 0x30;
constexpr std::int32_t kMtvec = 0x305;
constexpr std::int32_t kMepc = 0x341;
constexpr std::uint8_t kHandlerRegister = 31;
constexpr std::uint64_t kHungAfter = 1000;

/// Legal instructions that would not go on with the next word, or change where traps go.
bool moves(std::uint32_t word, isa::Level level) {
  const isa::InsnSpec* spec = decode_fetched(word, level);
  if (spec == nullptr) return false;
  const Unit unit = unit_of(*spec);
  if (unit == Unit::Branch || unit == Unit::Jump || unit == Unit::HwLoop) return true;
  if (spec->op == isa::Op::Wfi) return true;
  const bool writes = spec->op == isa::Op::Csrrw || spec->op == isa::Op::Csrrwi ||
                      (expand_fetched(word) >> 15 & 31) != 0;
  return unit == Unit::Csr && writes && expand_fetched(word) >> 20 == kMtvec;
}

class Bench {
 public:
  explicit Bench(isa::Level level) {
    memory_.add_region(kBase, kSize, false);
    options_.level = level;
    options_.boot_address = kStart;
    core_ = std::make_unique<tb::CoreSim>(memory_, options_);
  }

  [[nodiscard]] static std::size_t capacity(unsigned length) { return (kSize - 0x40) / length; }

  /// Runs the encodings in a row.
  DecodeResult run(std::span<const std::uint32_t> words, unsigned length) {
    const std::uint32_t end = write_program(words, length);
    core_->reset(options_);
    tb::Lockstep check(memory_, options_);
    DecodeResult result;
    for (std::uint64_t last = 0; !result.failure;) {
      const isa::Retired* retired = core_->step();
      if (retired == nullptr) {
        if (core_->cycles() - last > kHungAfter) result.failure = "the core does not go on\n";
        continue;
      }
      last = core_->cycles();
      result.failure = check.retire(*retired, core_->interrupt(), core_->cycles());
      if (retired->pc == end) break;
      if (retired->pc < kFirst) continue;
      ++result.tried;
      if (!retired->trap) continue;
      if (core_->trap().cause == 2) ++result.illegal;
      const std::uint32_t cause = check.hart().read_csr(0x342).value_or(0);
      const std::uint32_t value = check.hart().read_csr(0x343).value_or(0);
      if (core_->trap().cause != cause || core_->trap().tval != value) {
        result.failure = fmt::format(
            "pc {:08x}: instruction {:08x}: core has cause {} tval {:08x}, model {} {:08x}\n",
            retired->pc, retired->insn, core_->trap().cause, core_->trap().tval, cause, value);
      }
    }
    return result;
  }

 private:
  void put(std::uint32_t address, std::uint32_t word, unsigned length) {
    const std::array<std::uint8_t, 4> bytes = {
        static_cast<std::uint8_t>(word), static_cast<std::uint8_t>(word >> 8),
        static_cast<std::uint8_t>(word >> 16), static_cast<std::uint8_t>(word >> 24)};
    memory_.write(address, std::span(bytes).first(length));
  }

  /// Returns the address of the final jump to itself.
  std::uint32_t write_program(std::span<const std::uint32_t> words, unsigned length) {
    const auto code = [this](std::uint32_t address, std::initializer_list<std::uint32_t> list) {
      for (const std::uint32_t word : list) {
        put(address, word, 4);
        address += 4;
      }
    };
    const std::uint8_t r = kHandlerRegister;
    code(kHandler,
         {isa::encode(row("csrrs"), {.rd = r, .imm = kMepc}),
          isa::encode(row("addi"), {.rd = r, .rs1 = r, .imm = static_cast<int>(length)}),
          isa::encode(row("csrrw"), {.rs1 = r, .imm = kMepc}), isa::encode(row("mret"), {})});
    code(kStart, {isa::encode(row("lui"), {.rd = r, .imm = kHandler >> 12}),
                  isa::encode(row("csrrw"), {.rs1 = r, .imm = kMtvec}),
                  isa::encode(row("addi"), {.rd = 9, .imm = -1}),
                  isa::encode(row("addi"), {.rd = 10, .imm = 0x123})});
    std::uint32_t address = kFirst;
    for (const std::uint32_t word : words) {
      put(address, word, length);
      address += length;
    }
    put(address, isa::encode(row("jal"), {}), 4);
    return address;
  }

  tb::SystemMemory memory_;
  tb::CoreOptions options_;
  std::unique_ptr<tb::CoreSim> core_;
};

}  // namespace

DecodeResult try_encodings(const Encodings& encodings, isa::Level level) {
  DecodeResult total;
  std::vector<std::uint32_t> words;
  for (const std::uint32_t word : encodings.words) {
    if (moves(word, level)) {
      ++total.left_out;
    } else {
      words.push_back(word);
    }
  }
  Bench bench(level);
  const std::size_t batch = Bench::capacity(encodings.length);
  const std::span<const std::uint32_t> all(words);
  for (std::size_t at = 0; at < all.size() && !total.failure; at += batch) {
    const DecodeResult result =
        bench.run(all.subspan(at, std::min(batch, all.size() - at)), encodings.length);
    total.tried += result.tried;
    total.illegal += result.illegal;
    total.failure = result.failure;
  }
  return total;
}

}  // namespace freebits::random
