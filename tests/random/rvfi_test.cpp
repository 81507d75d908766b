// SPDX-License-Identifier: Apache-2.0
// What riscv-formal expects of the retire port and the lock-step check does not look at: source
// registers, program order, constant fields; on random programs, straight on the Verilated core.
#include <gtest/gtest.h>

#include <array>
#include <memory>

#include "Vfb_core.h"
#include "generator.hpp"
#include "memory_map.hpp"
#include "rng.hpp"
#include "rows.hpp"
#include "verilated.h"

namespace freebits::random {
namespace {

/// The core with a memory that grants at once and answers in the next cycle, or later now and then.
class Core {
 public:
  Core(tb::SystemMemory& memory, isa::Level level, std::uint64_t seed)
      : memory_(memory), model_(std::make_unique<Vfb_core>(&context_)), rng_(seed) {
    model_->isa_level_i = static_cast<std::uint8_t>(level);
    model_->boot_addr_i = kProgramBase;
    model_->rst_ni = 1;
    edge(0);
    model_->rst_ni = 0;
    edge(0);
    edge(1);
    edge(0);
    model_->rst_ni = 1;
  }

  /// One cycle; true if an instruction retired in it (the port shows it until the next call).
  bool step() {
    if (risen_) edge(1);
    respond();
    edge(0);
    const bool data = model_->data_req_o != 0 && model_->data_gnt_i != 0;
    const bool refused = data && !allowed();
    if (refused) {
      model_->data_err_i = 1;
      model_->eval();
    }
    check_requests();
    fetch_ = model_->instr_req_o != 0 && model_->instr_gnt_i != 0;
    fetch_address_ = fetch_ ? model_->instr_addr_o : fetch_address_;
    accept_fetch();
    if (data && !refused) accept_data();
    risen_ = true;
    return model_->rvfi_valid != 0;
  }

  [[nodiscard]] const Vfb_core& port() const { return *model_; }
  /// Requests that changed or vanished before their grant.
  [[nodiscard]] unsigned broken_requests() const { return broken_; }
  void set_interrupts(std::uint32_t lines) { lines_ = lines; }

 private:
  struct Response {
    std::uint32_t word;
    bool fault;
  };

  struct Request {
    bool valid = false;
    std::uint32_t address = 0;
    unsigned write = 0;
    unsigned bytes = 0;
    std::uint32_t data = 0;
    friend bool operator==(const Request&, const Request&) = default;
  };

  void edge(int level) {
    model_->clk_i = static_cast<std::uint8_t>(level);
    model_->clk_free_i = static_cast<std::uint8_t>(level);
    model_->eval();
  }

  /// A request stands, unchanged, until its grant.
  void check_requests() {
    const Request fetch{model_->instr_req_o != 0, model_->instr_addr_o, 0, 0, 0};
    const Request data{model_->data_req_o != 0, model_->data_addr_o, model_->data_we_o,
                       model_->data_be_o, model_->data_we_o != 0 ? model_->data_wdata_o : 0};
    if (standing_fetch_.valid && fetch != standing_fetch_) ++broken_;
    if (standing_data_.valid && data != standing_data_) ++broken_;
    standing_fetch_ = model_->instr_gnt_i == 0 ? fetch : Request{};
    standing_data_ = model_->data_gnt_i == 0 ? data : Request{};
  }

  void respond() {
    model_->irq_i = lines_;
    const bool fetched = !fetches_.empty() && !rng_.chance(20);
    model_->instr_rvalid_i = fetched ? 1 : 0;
    if (fetched) {
      model_->instr_rdata_i = fetches_.front().word;
      model_->instr_err_i = fetches_.front().fault ? 1 : 0;
      fetches_.erase(fetches_.begin());
    }
    const bool loaded = !data_.empty() && !rng_.chance(20);
    model_->data_rvalid_i = loaded ? 1 : 0;
    if (loaded) {
      model_->data_rdata_i = data_.front();
      data_.erase(data_.begin());
    }
    model_->instr_gnt_i = rng_.chance(80) ? 1 : 0;
    model_->data_gnt_i = rng_.chance(80) ? 1 : 0;
    model_->data_err_i = 0;
  }

  bool allowed() const {
    const auto* region = memory_.find(model_->data_addr_o, 4);
    return region != nullptr && (region->writable || model_->data_we_o == 0);
  }

  void accept_fetch() {
    if (!fetch_) return;
    const bool fault = memory_.find(fetch_address_, 4) == nullptr;
    fetches_.push_back({memory_.read_word(fetch_address_), fault});
  }

  void accept_data() {
    const std::uint32_t address = model_->data_addr_o;
    std::uint32_t word = memory_.read_word(address);
    data_.push_back(word);
    if (model_->data_we_o == 0) return;
    for (unsigned i = 0; i < 4; ++i) {
      if ((model_->data_be_o >> i & 1) == 0) continue;
      const std::uint32_t mask = 0xffU << (8 * i);
      word = (word & ~mask) | (model_->data_wdata_o & mask);
    }
    memory_.write_word(address, word);
  }

  tb::SystemMemory& memory_;
  VerilatedContext context_;
  std::unique_ptr<Vfb_core> model_;
  Rng rng_;
  std::vector<Response> fetches_;
  std::vector<std::uint32_t> data_;
  std::uint32_t fetch_address_ = 0;
  Request standing_fetch_, standing_data_;
  unsigned broken_ = 0;
  std::uint32_t lines_ = 0;
  bool fetch_ = false;
  bool risen_ = false;
};

/// The rules, one retired instruction after the other.
class Checker {
 public:
  explicit Checker(isa::Level level) : level_(level) {}

  void check(const Vfb_core& p) {
    SCOPED_TRACE(testing::Message()
                 << "pc " << std::hex << p.rvfi_pc_rdata << " insn " << p.rvfi_insn << " order "
                 << std::dec << p.rvfi_order << (p.rvfi_trap != 0 ? " trap" : ""));
    constants(p);
    order(p);
    sources(p);
    destinations(p);
    access(p);
  }

  [[nodiscard]] bool failed() const { return testing::Test::HasFailure(); }

 private:
  static void constants(const Vfb_core& p) {
    EXPECT_EQ(p.rvfi_halt, 0);
    EXPECT_EQ(p.rvfi_mode, 3);
    EXPECT_EQ(p.rvfi_ixl, 1);
    if ((p.rvfi_insn & 3) != 3) {
      EXPECT_EQ(p.rvfi_insn >> 16, 0U);
    }
    EXPECT_EQ(p.rvfi_pc_rdata & 1, 0U);
    EXPECT_EQ(p.rvfi_pc_wdata & 1, 0U);
  }

  void order(const Vfb_core& p) {
    EXPECT_EQ(p.rvfi_order, next_order_);
    ++next_order_;
    const bool interrupt = (p.rvfi_intr_cause & 0x20) != 0;
    if (!interrupt) {
      EXPECT_EQ(p.rvfi_pc_rdata, next_pc_);
    }
    EXPECT_EQ(p.rvfi_intr != 0, trapped_ || interrupt);
    next_pc_ = p.rvfi_pc_wdata;
    trapped_ = p.rvfi_trap != 0;
  }

  void sources(const Vfb_core& p) {
    EXPECT_EQ(p.rvfi_rs1_rdata, registers_[p.rvfi_rs1_addr]);
    EXPECT_EQ(p.rvfi_rs2_rdata, registers_[p.rvfi_rs2_addr]);
    const isa::InsnSpec* spec = decode_fetched(p.rvfi_insn, level_);
    if (spec == nullptr || p.rvfi_trap != 0) return;
    const isa::Operands o = isa::extract_operands(*spec, expand_fetched(p.rvfi_insn));
    if (spec->has(isa::kReadsRs1)) {
      EXPECT_EQ(p.rvfi_rs1_addr, o.rs1);
    }
    if (spec->has(isa::kReadsRs2)) {
      EXPECT_EQ(p.rvfi_rs2_addr, o.rs2);
    }
  }

  void destinations(const Vfb_core& p) {
    if (p.rvfi_trap != 0) {
      EXPECT_EQ(p.rvfi_rd_addr, 0);
      EXPECT_EQ(p.rvfi_rd2_addr, 0);
    }
    if (p.rvfi_rd_addr == 0) {
      EXPECT_EQ(p.rvfi_rd_wdata, 0U);
    }
    if (p.rvfi_rd2_addr == 0) {
      EXPECT_EQ(p.rvfi_rd2_wdata, 0U);
    }
    registers_[p.rvfi_rd2_addr] = p.rvfi_rd2_wdata;
    registers_[p.rvfi_rd_addr] = p.rvfi_rd_wdata;
    registers_[0] = 0;
  }

  static void access(const Vfb_core& p) {
    const unsigned mask = p.rvfi_mem_rmask | p.rvfi_mem_wmask;
    EXPECT_TRUE(p.rvfi_mem_rmask == 0 || p.rvfi_mem_wmask == 0);
    EXPECT_TRUE(mask == 0 || mask == 1 || mask == 3 || mask == 15) << "mask " << mask;
    if (p.rvfi_trap != 0) {
      EXPECT_EQ(mask, 0U);
    }
    const std::uint32_t bits = mask == 15 ? ~0U : (1U << (8 * (mask == 3 ? 2 : mask))) - 1;
    if (p.rvfi_mem_rmask != 0) {
      EXPECT_EQ(p.rvfi_mem_rdata & ~bits, 0U);
    }
    if (p.rvfi_mem_wmask != 0) {
      EXPECT_EQ(p.rvfi_mem_wdata & ~bits, 0U);
      EXPECT_EQ(p.rvfi_mem_wdata, p.rvfi_rs2_rdata & bits);
    }
  }

  isa::Level level_;
  std::array<std::uint32_t, 32> registers_{};
  std::uint64_t next_order_ = 0;
  std::uint32_t next_pc_ = kProgramBase;
  bool trapped_ = false;
};

class RetirePort : public testing::TestWithParam<isa::Level> {};

TEST_P(RetirePort, IsWhatRiscvFormalExpects) {
  constexpr std::uint32_t kPrograms = 12;
  constexpr unsigned kCycles = 20'000;
  const Generator generator(GetParam(), 42);
  tb::SystemMemory memory = make_memory();
  for (std::uint32_t i = 0; i < kPrograms; ++i) {
    load(generator.generate(i), memory);
    Core core(memory, GetParam(), i + 1);
    Checker checker(GetParam());
    Rng rng(i);
    for (unsigned cycle = 0; cycle < kCycles && !checker.failed(); ++cycle) {
      if (cycle % 50 == 0) core.set_interrupts(rng.chance(70) ? 0 : rng.bits() & 0xffff'0888);
      if (core.step()) checker.check(core.port());
    }
    EXPECT_EQ(core.broken_requests(), 0U);
    ASSERT_FALSE(checker.failed()) << "program " << i << " of seed 42";
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, RetirePort,
                         testing::Values(isa::Level::Rv32imc, isa::Level::XpulpV2,
                                         isa::Level::FlexV),
                         [](const auto& info) { return std::string(isa::name(info.param)); });

}  // namespace
}  // namespace freebits::random
