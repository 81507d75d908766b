// SPDX-License-Identifier: Apache-2.0
// The CSRs of docs/isa.md and rtl/README.md: number, name, level, writable bits.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "tb/isa/csr.hpp"
#include "tb/isa/hart_state.hpp"

namespace freebits::isa {
namespace {

constexpr u32 kAll = ~0u;
constexpr u32 kInterruptBits = 0xffff0888;  // 31:16, 11, 7, 3

// clang-format off
constexpr CsrSpec kNamed[] = {
    {0x300, "mstatus",       Level::Rv32imc, kMie | kMpie, kMpp},
    {0x301, "misa",          Level::Rv32imc, 0, 0x40001104},
    {0x304, "mie",           Level::Rv32imc, kInterruptBits, 0},
    {0x305, "mtvec",         Level::Rv32imc, 0xfffffffd, 0},
    {0x310, "mstatush",      Level::Rv32imc, 0, 0},
    {0x320, "mcountinhibit", Level::Rv32imc, Counters::kInhibitMask, 0},
    {0x340, "mscratch",      Level::Rv32imc, kAll, 0},
    {0x341, "mepc",          Level::Rv32imc, 0xfffffffe, 0},
    {0x342, "mcause",        Level::Rv32imc, 0x8000001f, 0},
    {0x343, "mtval",         Level::Rv32imc, kAll, 0},
    {0x344, "mip",           Level::Rv32imc, 0, 0},
    {0x7a0, "tselect",       Level::Rv32imc, 0, 0},
    {0x7a1, "tdata1",        Level::Rv32imc, 0, 0},
    {0x7a2, "tdata2",        Level::Rv32imc, 0, 0},
    {0x7a3, "tdata3",        Level::Rv32imc, 0, 0},
    {0x7a4, "tinfo",         Level::Rv32imc, 0, 1},
    {0x7c0, "fbfmt",         Level::Mixed, 0x33, 0},
    {0x7c1, "fbskip",        Level::Mixed, 0xff, 0},
    {0x7c2, "fbslice",       Level::Mixed, 0x3ff, 0},
    {0x7c3, "fbquant",       Level::XpulpNN, 0x131f1f, 0},
    {0x7c4, "fbaaddr",       Level::FlexV, kAll, 0},
    {0x7c5, "fbastride",     Level::FlexV, kAll, 0},
    {0x7c6, "fbarollback",   Level::FlexV, kAll, 0},
    {0x7c7, "fbaskip",       Level::FlexV, 0xffff, 0},
    {0x7c8, "fbwaddr",       Level::FlexV, kAll, 0},
    {0x7c9, "fbwstride",     Level::FlexV, kAll, 0},
    {0x7ca, "fbwrollback",   Level::FlexV, kAll, 0},
    {0x7cb, "fbwskip",       Level::FlexV, 0xffff, 0},
    {0x7cc, "fba0",          Level::FlexV, kAll, 0},
    {0x7cd, "fba1",          Level::FlexV, kAll, 0},
    {0x7d0, "fbw0",          Level::FlexV, kAll, 0},
    {0x7d1, "fbw1",          Level::FlexV, kAll, 0},
    {0x7d2, "fbw2",          Level::FlexV, kAll, 0},
    {0x7d3, "fbw3",          Level::FlexV, kAll, 0},
    {0xcc0, "lpstart0",      Level::XpulpV2, 0, 0},
    {0xcc1, "lpend0",        Level::XpulpV2, 0, 0},
    {0xcc2, "lpcount0",      Level::XpulpV2, 0, 0},
    {0xcc4, "lpstart1",      Level::XpulpV2, 0, 0},
    {0xcc5, "lpend1",        Level::XpulpV2, 0, 0},
    {0xcc6, "lpcount1",      Level::XpulpV2, 0, 0},
    {0xcd0, "uhartid",       Level::XpulpV2, 0, 0},
    {0xcd1, "privlv",        Level::XpulpV2, 0, 3},
    {0xf11, "mvendorid",     Level::Rv32imc, 0, 0},
    {0xf12, "marchid",       Level::Rv32imc, 0, 0},
    {0xf13, "mimpid",        Level::Rv32imc, 0, 0},
    {0xf14, "mhartid",       Level::Rv32imc, 0, 0},
    {0xf15, "mconfigptr",    Level::Rv32imc, 0, 0},
};
// clang-format on

constexpr u32 kCounterBase = 0xb00;
constexpr u32 kCounterHighBase = 0xb80;
constexpr u32 kUserBase = 0xc00;
constexpr u32 kUserHighBase = 0xc80;
constexpr u32 kEventBase = 0x320;
constexpr unsigned kHpmFirst = 3;
constexpr unsigned kHpmCount = 32;

/// The CSR table with the names of the numbered counters kept alive beside it.
class CsrTable {
 public:
  CsrTable() {
    names_.reserve(160);
    rows_.assign(std::begin(kNamed), std::end(kNamed));
    for (unsigned i = 0; i < kHpmCount; ++i) {
      if (i == 1) continue;  // no time CSR
      const std::string machine = i == 0   ? "mcycle"
                                  : i == 2 ? "minstret"
                                           : "mhpmcounter" + std::to_string(i);
      const std::string user = machine.substr(1);
      const u32 mask = i < Counters::kCount ? kAll : 0;
      add(kCounterBase + i, machine, mask);
      add(kCounterHighBase + i, machine + "h", mask);
      add(kUserBase + i, user, 0);
      add(kUserHighBase + i, user + "h", 0);
      if (i >= kHpmFirst) {
        add(kEventBase + i, "mhpmevent" + std::to_string(i), 0, i < Counters::kCount ? i - 2 : 0);
      }
    }
    std::sort(rows_.begin(), rows_.end(),
              [](const CsrSpec& a, const CsrSpec& b) { return a.number < b.number; });
    for (const CsrSpec& row : rows_) by_number_[row.number] = &row;
  }

  [[nodiscard]] std::span<const CsrSpec> rows() const { return rows_; }
  [[nodiscard]] const CsrSpec* find(u32 number) const { return by_number_[number & 0xfff]; }

 private:
  void add(u32 number, std::string name, u32 write_mask, u32 reset = 0) {
    names_.push_back(std::move(name));
    rows_.push_back(
        {static_cast<std::uint16_t>(number), names_.back(), Level::Rv32imc, write_mask, reset});
  }

  std::vector<std::string> names_;
  std::vector<CsrSpec> rows_;
  std::array<const CsrSpec*, 4096> by_number_{};
};

const CsrTable& table() {
  static const CsrTable instance;
  return instance;
}

}  // namespace

std::span<const CsrSpec> csrs() { return table().rows(); }

const CsrSpec* find_csr(std::uint32_t number, Level level) {
  const CsrSpec* spec = table().find(number);
  return spec != nullptr && spec->level <= level ? spec : nullptr;
}

}  // namespace freebits::isa
