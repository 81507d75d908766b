// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "Vcluster.h"
#include "tb/geometry/cluster_probe.hpp"

#if FREEBITS_VISIBILITY != 0
// Computes all that follows from the registers; Verilator's code is part of this unit.
void Vcluster___024root___eval_settle(Vcluster___024root* vlSelf);
#endif

namespace freebits::tb {

/// Lets a core go on with other registers, between two cycles: what has begun behind the last
/// retired instruction is dropped, and fetch starts as after reset, elsewhere. Nothing of it has
/// changed anything yet: an instruction does so when it leaves EX.
class ClusterRestart {
 public:
  ClusterRestart([[maybe_unused]] const VerilatedContext& context, [[maybe_unused]] Vcluster& model,
                 [[maybe_unused]] unsigned cores)
#if FREEBITS_VISIBILITY != 0
      : model_(model) {
    for (unsigned i = 0; i < cores; ++i) {
      const std::string place = "u_cluster.g_core[" + std::to_string(i) + "]";
      const std::string core = place + ".u_core.";
      cores_.push_back({.boot_address = {context, place, "boot_addr_q"},
                        .boot = {context, core + "u_if_stage", "boot_q"},
                        .fetched = {context, core + "u_if_stage", "filled_q"},
                        .dropped = {context, core + "u_if_stage", "discard_q"},
                        .decoding = {context, core + "u_id_stage", "valid_q"},
                        .executing = {context, core + "u_ex_stage", "valid_q"},
                        .accesses = {context, core + "u_ex_stage", "wb_mem_q"},
                        .loads = {context, core + "u_ex_stage", "wb_load_q"},
                        .division = {context, core + "u_ex_stage.u_div", "state_q"},
                        .registers = {context, core + "u_id_stage.u_register_file", "regs_q"}});
    }
  }

  /// x1 … x31. False, nothing done: the core is in the middle of an instruction. `retires`: it
  /// retires one in this cycle.
  bool write(unsigned core, bool retires, std::span<const std::uint32_t, 32> x, std::uint32_t pc) {
    Core& c = cores_[core];
    if (!retires && (c.executing.bits(0, 1) != 0 || c.accesses.bits(0, 1) != 0)) return false;
    std::copy(x.begin() + 1, x.end(), c.registers.words() + 1);
    *c.decoding.data() = 0;
    *c.executing.data() = 0;
    *c.loads.data() = 0;  // the loaded value is among `x`
    *c.division.data() = 0;
    // Fetch offers nothing in this cycle, and starts again. Its registers take over their next
    // values as after any redirection.
    *c.fetched.data() = 0;
    *c.dropped.data() = 1;
    *c.boot_address.words() = pc;
    *c.boot.data() = 1;
    Vcluster___024root___eval_settle(model_.rootp);
    return true;
  }

 private:
  struct Core {
    Probe boot_address, boot, fetched, dropped, decoding, executing, accesses, loads, division,
        registers;
  };
  Vcluster& model_;
  std::vector<Core> cores_;
#else
  {
  }
#endif
};

}  // namespace freebits::tb
