// SPDX-License-Identifier: Apache-2.0
// Speed of the functional simulator: instructions per second of Hart::run() and Hart::step().
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tb/isa/decode.hpp"
#include "tb/isa/hart.hpp"

namespace freebits::isa {
namespace {

constexpr std::uint32_t kRam = 0x80000000;
constexpr std::uint32_t kData = kRam + 0x8000;
constexpr std::uint64_t kSlice = 1'000'000;  ///< instructions per benchmark iteration

std::uint32_t insn(std::string_view mnemonic, const Operands& operands, Format format) {
  for (const InsnSpec& spec : instructions()) {
    if (spec.mnemonic == mnemonic && spec.format == format) return encode(spec, operands);
  }
  throw std::runtime_error("no instruction " + std::string(mnemonic));
}

/// RAM with one endless program in it.
class Bench {
 public:
  Bench(Level level, const std::vector<std::uint32_t>& program) : hart_(memory_, level, 0, kRam) {
    memory_.add_window({kRam, kSize, bytes_.data()});
    std::uint32_t at = kRam;
    for (const std::uint32_t word : program) {
      for (unsigned i = 0; i < insn_length(word); ++i) {
        if (!memory_.store(at++, 1, word >> 8 * i & 0xff))
          throw std::runtime_error("program too long");
      }
    }
  }

  void run(benchmark::State& state) {
    for (auto _ : state) {
      if (hart_.run(kSlice).reason != StopReason::Limit)
        throw std::runtime_error("program stopped");
    }
    report(state, kSlice);
  }

  void step(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(hart_.step());
    report(state, 1);
  }

 private:
  static constexpr std::uint32_t kSize = 0x10000;

  static void report(benchmark::State& state, std::uint64_t per_iteration) {
    state.counters["instructions"] = benchmark::Counter(
        static_cast<double>(state.iterations() * per_iteration), benchmark::Counter::kIsRate);
  }

  std::array<std::uint8_t, kSize> bytes_{};
  Memory memory_;
  Hart hart_;
};

/// 64 rounds of: load, multiply, shift, add, store (some of them 16-bit instructions); then again
/// from the start.
std::vector<std::uint32_t> rv32imc_program() {
  return {
      insn("lui", {.rd = 10, .imm = kData >> 12}, Format::Upper),
      insn("addi", {.rd = 11, .imm = 64}, Format::I),
      // loop:
      0x4110,  // c.lw a2, 0(a0)
      insn("mul", {.rd = 13, .rs1 = 12, .rs2 = 11}, Format::R),
      insn("srli", {.rd = 14, .rs1 = 13, .imm = 3}, Format::Uimm5),
      0x963a,  // c.add a2, a4
      insn("xor", {.rd = 12, .rs1 = 12, .rs2 = 13}, Format::R),
      0xc110,  // c.sw a2, 0(a0)
      0x0511,  // c.addi a0, 4
      0x15fd,  // c.addi a1, -1
      insn("bne", {.rs1 = 11, .rs2 = 0, .imm = -22}, Format::Branch),
      insn("jal", {.rd = 0, .imm = -34}, Format::Jump),
  };
}

/// The inner loop of an 8-bit matrix product: a hardware loop of post-increment loads and dot
/// products.
std::vector<std::uint32_t> xpulpv2_program() {
  return {
      insn("lui", {.rd = 10, .imm = kData >> 12}, Format::Upper),
      insn("addi", {.rd = 11, .rs1 = 10, .imm = 1024}, Format::I),
      insn("cv.setupi", {.loop = 0, .imm = 64, .imm2 = 9}, Format::LoopSetupImm),
      insn("cv.lw", {.rd = 12, .rs1 = 10, .imm = 4}, Format::LoadPostImm),
      insn("cv.lw", {.rd = 13, .rs1 = 11, .imm = 4}, Format::LoadPostImm),
      insn("cv.sdotusp.b", {.rd = 14, .rs1 = 12, .rs2 = 13}, Format::R),
      insn("cv.sdotusp.b", {.rd = 15, .rs1 = 12, .rs2 = 14}, Format::R),
      insn("cv.sdotusp.b", {.rd = 16, .rs1 = 13, .rs2 = 12}, Format::R),
      insn("cv.sdotusp.b", {.rd = 17, .rs1 = 13, .rs2 = 14}, Format::R),
      insn("cv.add.h", {.rd = 18, .rs1 = 14, .rs2 = 15}, Format::R),
      insn("cv.max.b", {.rd = 19, .rs1 = 16, .rs2 = 17}, Format::R),
      insn("jal", {.rd = 0, .imm = -44}, Format::Jump),
  };
}

void RunRv32imc(benchmark::State& state) { Bench(Level::Rv32imc, rv32imc_program()).run(state); }
void RunXpulpv2(benchmark::State& state) { Bench(Level::XpulpV2, xpulpv2_program()).run(state); }
void StepRv32imc(benchmark::State& state) { Bench(Level::Rv32imc, rv32imc_program()).step(state); }
void StepXpulpv2(benchmark::State& state) { Bench(Level::XpulpV2, xpulpv2_program()).step(state); }

BENCHMARK(RunRv32imc)->Unit(benchmark::kMillisecond);
BENCHMARK(RunXpulpv2)->Unit(benchmark::kMillisecond);
BENCHMARK(StepRv32imc);
BENCHMARK(StepXpulpv2);

}  // namespace
}  // namespace freebits::isa

BENCHMARK_MAIN();
