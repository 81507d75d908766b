// SPDX-License-Identifier: Apache-2.0
// The engine of one geometry and visibility: compiled with its Verilated model into one shared
// object (geometry_build.cpp). FREEBITS_CORES, FREEBITS_BANKS and FREEBITS_VISIBILITY (0 plain,
// 1 observed, 2 traced) say which; FREEBITS_L1_BASE and the like are of fb_cluster_pkg.
#include <algorithm>
#include <bit>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "Vcluster.h"
#include "tb/geometry/cluster_engine.hpp"
#include "tb/geometry/cluster_probe.hpp"
#include "tb/geometry/cluster_restart.hpp"
#include "tb/geometry/cluster_skip.hpp"
#include "tb/geometry/cluster_state.hpp"
#include "tb/geometry/cluster_trace.hpp"

namespace freebits::tb {
namespace {

constexpr unsigned kCores = FREEBITS_CORES;
constexpr unsigned kBanks = FREEBITS_BANKS;
constexpr unsigned kMasters = kCores + 2;
constexpr std::uint32_t kAllCores = (1U << kCores) - 1;
constexpr std::uint32_t kL1Base = FREEBITS_L1_BASE;
constexpr unsigned kEvents = FREEBITS_EVENTS;
constexpr unsigned kRows = FREEBITS_ROWS;  ///< barriers, mutexes
constexpr unsigned kEventTimer = FREEBITS_EVENT_TIMER;
/// Longer than anything takes inside the cluster that could still wake a core: register writes,
/// events on their way, a mutex handed on.
constexpr unsigned kQuietCycles = 16;
/// Between looks at cores that wait without sleeping (a plain load of the event unit). Longer than
/// anything takes inside a core beside such a load: a division, an access that is granted.
constexpr std::uint64_t kLook = 1024;
/// Cycles that cost more than a look at the whole state.
constexpr std::uint64_t kWorthSkipping = 256;
constexpr bool kSkips = FREEBITS_VISIBILITY != 2;  ///< waveforms show every cycle

class VerilatedCluster final : public ClusterEngine {
 public:
  VerilatedCluster(const char* trace, std::uint64_t from, std::uint64_t to)
      : context_(std::make_unique<VerilatedContext>()),
        model_(std::make_unique<Vcluster>(context_.get())),
        trace_(*context_, *model_, trace, from, to),
        skip_(*model_),
        restart_(*context_, *model_, kCores) {
    const std::string cluster = "u_cluster.";
    for (unsigned b = 0; b < kBanks; ++b) {
      banks_[b] = probe(cluster + "u_tcdm.g_bank[" + std::to_string(b) + "].u_bank", "mem_q");
    }
    for (unsigned i = 0; i < kCores; ++i) {
      const std::string core = cluster + "g_core[" + std::to_string(i) + "].";
      CoreProbes& p = cores_[i];
      p.data_req = probe(core + "u_core", "data_req_o");
      p.data_addr = probe(core + "u_core", "data_addr_o");
      p.fetch_line = probe(core + "u_fetch_buffer", "line_q");
      p.fetch_word = probe(core + "u_fetch_buffer", "offset_q");
      p.pc = probe(core + "u_core.u_ex_stage", "pc_q");
      skip_.add_counter(probe(core + "u_core.u_ex_stage.u_csr", "cycle_q"), 64);
      skip_.add_counter(probe(core + "u_core.u_ex_stage.u_csr", "sleep_q"), 64);
      p.place = probe(core + "u_core_demux", "pending_q");
      const std::string events = cluster + "u_event_unit.g_core[" + std::to_string(i) + "]";
      p.mask = probe(events, "mask_q");
      p.irq_mask = probe(events, "irq_mask_q");
    }
    event_ = probe(cluster + "u_event_unit", "event_q");
    waits_ = probe(cluster + "u_event_unit", "waits_q");
    team_ = probe(cluster + "u_event_unit", "team_q");
    arrived_ = probe(cluster + "u_event_unit", "arrived_q");
    wants_ = probe(cluster + "u_event_unit", "wants_q");
    owner_ = probe(cluster + "u_event_unit", "owner_q");
    timer_enable_ = probe(cluster + "u_timer", "enable_q");
    timer_targets_ = probe(cluster + "u_timer", "targets_q");
    timer_count_ = probe(cluster + "u_timer", "count_q");
    timer_compare_ = probe(cluster + "u_timer", "compare_q");
    skip_.add_counter(timer_count_, 32);
  }

  ~VerilatedCluster() override {
    // The model's scopes take leave of the thread's context: of the cluster made last, unless told.
    Verilated::threadContextp(context_.get());
    model_->final();
  }

  void reset(const EngineStraps& straps) override {
    model_->isa_level_i = straps.isa_level;
    model_->boot_addr_i = straps.boot_address;
    model_->l2_bytes_i = straps.l2_bytes;
    model_->l3_bytes_i = straps.l3_bytes;
    model_->in_valid_i = 0;
    model_->event_i = 0;
    model_->configure_i = 1;
    model_->rst_ni = 1;
    evaluate(0);
    model_->rst_ni = 0;
    // Once for the straps, once for what follows from them.
    for (int i = 0; i < 2; ++i) {
      evaluate(0);
      evaluate(1);
    }
    evaluate(0);
    model_->configure_i = 0;
    model_->rst_ni = 1;
    evaluate(0);
    cycles = 0;
    stop_requested = false;
    outstanding_ = 0;
    quiet_ = 0;
    waiting_since_ = ~std::uint64_t{0};
    skip_at_ = 0;
    skip_pause_ = 1;
    statistics_ = {};
    since_ = {};
    activity_ = 0;
    trace_.reset();
  }

  ClusterStop run(std::uint64_t until, Outside& outside, ClusterObserver* observer) override {
    return observer == nullptr ? run_loop<false>(until, outside, nullptr)
                               : run_loop<true>(until, outside, observer);
  }

  std::uint32_t* bank(unsigned index) override { return banks_[index].words(); }

  CoreStatistics statistics(unsigned core) const override {
    CoreStatistics s = statistics_[core];
    s.accounting[activity_ >> (3 * core) & 7] += cycles - since_[core];
    return s;
  }

  CoreState state(unsigned core) override {
    const CoreProbes& p = cores_[core];
    CoreState s;
    s.asleep = (model_->asleep_o >> core & 1) != 0;
    s.activity = static_cast<Activity>(activity_ >> (3 * core) & 7);
    s.mask = p.mask.bits(0, kEvents);
    s.irq_mask = p.irq_mask.bits(0, kEvents);
    s.place = static_cast<CoreState::Place>(p.place.bits(0, 3));
    s.data_requested = p.data_req.bits(0, 1) != 0;
    s.data_address = p.data_addr.bits(0, 32);
    s.fetch_address = p.fetch_line.bits(0, 28) << 4 | p.fetch_word.bits(0, 2) << 2;
    s.pc = p.pc.bits(0, 32);
    if (event_.bits(core, 1) != 0) s.wait = CoreState::Wait::Event;
    for (unsigned i = 0; i < kRows; ++i) {
      const unsigned row = i * kCores;
      if (waits_.bits(row + core, 1) != 0) {
        s.wait = CoreState::Wait::Barrier;
        s.index = i;
        s.team = team_.bits(row, kCores);
        s.arrived = arrived_.bits(row, kCores);
      } else if (wants_.bits(row + core, 1) != 0) {
        s.wait = CoreState::Wait::Mutex;
        s.index = i;
        s.owner = owner_.bits(row, kCores);
      }
    }
    return s;
  }

  bool set_registers(unsigned core, std::span<const std::uint32_t, 32> x,
                     std::uint32_t pc) override {
#if FREEBITS_VISIBILITY != 0
    return restart_.write(core, (model_->rvfi_valid_o >> core & 1) != 0, x, pc);
#else
    return false;
#endif
  }

  void save(StateBytes& to) override {
    ModelWriter model;
    model << *model_;
    std::vector<std::uint8_t> bytes = model.take();
    std::uint64_t size = bytes.size();
    to.next(&size, sizeof size);
    to.next(bytes.data(), bytes.size());
    state(to);
  }
  void restore(StateBytes& from) override {
    std::uint64_t size = 0;
    from.next(&size, sizeof size);
    std::vector<std::uint8_t> bytes(size);
    from.next(bytes.data(), bytes.size());
    ModelReader model(bytes);
    model >> *model_;
    state(from);
  }

 private:
  /// Beside the model's own.
  void state(StateBytes& s) {
    s.next(&cycles, sizeof cycles);
    s.next(&skip_at_, sizeof skip_at_);
    s.next(&skip_pause_, sizeof skip_pause_);
    s.next(&outstanding_, sizeof outstanding_);
    s.next(&quiet_, sizeof quiet_);
    s.next(&waiting_since_, sizeof waiting_since_);
    s.next(&activity_, sizeof activity_);
    s.next(&since_, sizeof since_);
    s.next(&statistics_, sizeof statistics_);
  }

  struct CoreProbes {
    Probe data_req, data_addr, fetch_line, fetch_word, pc, place, mask, irq_mask;
  };

  Probe probe(const std::string& scope, const char* name) const { return {*context_, scope, name}; }

  void evaluate(int level) {
    model_->clk_i = static_cast<std::uint8_t>(level);
    model_->eval();
  }

  template <bool kViewed>
  ClusterStop run_loop(std::uint64_t until, Outside& outside, ClusterObserver* observer) {
    Vcluster& m = *model_;
    while (cycles < until) {
      const std::uint64_t now = cycles + 1;
      OutsideDelivery delivery;
      if (outside.due() <= now) {
        delivery = outside.deliver(now);
        m.in_id_i = delivery.id;
        m.in_rdata_i = delivery.data;
        outstanding_ -= delivery.answer ? 1 : 0;
      }
      m.in_valid_i = delivery.answer ? 1 : 0;
      m.event_i = delivery.events;
      const std::uint64_t silent = kSkips && !kViewed ? silent_until(now, until, outside) : 0;
      if (silent != 0) skip_.begin();
      evaluate(0);
      trace_.half(2 * now - 1);
      evaluate(1);
      trace_.half(2 * now);
      cycles = now;

      std::optional<OutsideRequest> request;
      if (m.out_valid_o != 0) {
        ++outstanding_;
        request = {m.out_id_o, m.out_we_o != 0, m.out_be_o, m.out_addr_o, m.out_wdata_o};
        outside.request(*request, now);
      }
      count(now);
      if constexpr (kViewed) {
        if (!show(*observer, request, delivery)) return ClusterStop::Observer;
      }
      if (stop_requested) {
        stop_requested = false;
        return ClusterStop::Stored;
      }
      if (silent != 0 && !request) skip_to(silent);
      if (m.asleep_o != kAllCores) {
        quiet_ = 0;
        if (now % kLook == 0 && nothing_moves(outside)) return ClusterStop::AllAsleep;
      } else if (nothing_stirs(outside)) {
        return ClusterStop::AllAsleep;
      }
    }
    return ClusterStop::Limit;
  }

  /// The last cycle up to which nothing can come from outside and the timer does not end; 0: too
  /// few of them, or nothing to wait for, or not all cores sleep.
  std::uint64_t silent_until(std::uint64_t now, std::uint64_t until, const Outside& outside) const {
    if (model_->asleep_o != kAllCores || now < skip_at_) return 0;
    if (quiet_ != 0) return 0;
    std::uint64_t end = std::min(until, outside.due() - 1);
    if (timer_enable_.bits(0, 1) != 0) {
      const std::uint32_t left = timer_compare_.bits(0, 32) - timer_count_.bits(0, 32);
      end = std::min(end, now + left - std::min(left, 2U));
    }
    return end >= now + kWorthSkipping ? end : 0;
  }

  /// The cycle that has just been simulated stands for those up to `end` if it changed nothing.
  void skip_to(std::uint64_t end) {
    if (skip_.repeats()) {
      skip_.skip(end - cycles);
      cycles = end;
      skip_pause_ = 1;
    } else {
      skip_pause_ = std::min(2 * skip_pause_, kWorthSkipping);
      skip_at_ = cycles + skip_pause_;
    }
  }

  /// Accounting in runs: a core is looked at when its activity changes.
  void count(std::uint64_t now) {
    const std::uint64_t activity = model_->activity_o;
    for (std::uint64_t changed = activity ^ activity_; changed != 0;) {
      const unsigned core = static_cast<unsigned>(std::countr_zero(changed)) / 3;
      changed &= ~(std::uint64_t{7} << (3 * core));
      // The cycles up to now - 1 had the old activity.
      statistics_[core].accounting[activity_ >> (3 * core) & 7] += now - 1 - since_[core];
      since_[core] = now - 1;
    }
    activity_ = activity;
    for (std::uint32_t retired = model_->retire_o; retired != 0; retired &= retired - 1) {
      ++statistics_[static_cast<unsigned>(std::countr_zero(retired))].instructions;
    }
  }

  /// All cores sleep. Whether nothing is left that could wake one, nor was of late: what the timer
  /// has just sent is still on its way.
  bool nothing_stirs(const Outside& outside) {
    if (something_comes(outside)) {
      quiet_ = 0;
      return false;
    }
    return quiet_++ >= kQuietCycles;
  }

  /// Some cores are awake. Whether all the same every core sleeps or waits in the event unit,
  /// nothing is left that could answer one, and both were so at the last look, with no instruction
  /// in between.
  bool nothing_moves(const Outside& outside) {
    const bool waits = all_wait() && !something_comes(outside);
    std::uint64_t retired = 0;
    for (const CoreStatistics& core : statistics_) retired += core.instructions;
    const bool same = waits && waiting_since_ == retired;
    waiting_since_ = waits ? retired : ~std::uint64_t{0};
    return same;
  }

  bool something_comes(const Outside& outside) const {
    return model_->dma_busy_o != 0 || outstanding_ != 0 || outside.due() != ~std::uint64_t{0} ||
           timer_may_wake();
  }

  bool all_wait() const {
    std::uint32_t waiting = model_->asleep_o | event_.bits(0, kCores);
    for (unsigned row = 0; row < kRows; ++row)
      waiting |= waits_.bits(row * kCores, kCores) | wants_.bits(row * kCores, kCores);
    return waiting == kAllCores;
  }

  bool timer_may_wake() const {
    if (timer_enable_.bits(0, 1) == 0) return false;
    const std::uint32_t targets = timer_targets_.bits(0, kCores);
    for (unsigned i = 0; i < kCores; ++i) {
      const std::uint32_t wait_mask = event_.bits(i, 1) != 0 ? cores_[i].mask.bits(0, kEvents) : 0;
      // An interrupt does not end a load.
      const bool sleeps = (model_->asleep_o >> i & 1) != 0;
      const std::uint32_t mask = wait_mask | (sleeps ? cores_[i].irq_mask.bits(0, kEvents) : 0);
      if ((targets >> i & mask >> kEventTimer & 1) != 0) return true;
    }
    return false;
  }

  bool show(ClusterObserver& observer, const std::optional<OutsideRequest>& request,
            const OutsideDelivery& delivery) {
    const Vcluster& m = *model_;
    for (unsigned i = 0; i < kCores; ++i) {
      view_activity_[i] = static_cast<Activity>(activity_ >> (3 * i) & 7);
      retired_pointers_[i] = nullptr;
      interrupts_[i].reset();
      if ((m.rvfi_valid_o >> i & 1) == 0) continue;
      isa::Retired& r = retired_[i];
      r.order = m.rvfi_order_o[i];
      r.insn = m.rvfi_insn_o[i];
      r.pc = m.rvfi_pc_rdata_o[i];
      r.next_pc = m.rvfi_pc_wdata_o[i];
      r.trap = (m.rvfi_trap_o >> i & 1) != 0;
      r.intr = (m.rvfi_intr_o >> i & 1) != 0;
      r.rd = m.rvfi_rd_addr_o[i];
      r.rd_value = m.rvfi_rd_wdata_o[i];
      r.rd2 = m.rvfi_rd2_addr_o[i];
      r.rd2_value = m.rvfi_rd2_wdata_o[i];
      r.mem_addr = m.rvfi_mem_addr_o[i];
      r.mem_rmask = m.rvfi_mem_rmask_o[i];
      r.mem_wmask = m.rvfi_mem_wmask_o[i];
      r.mem_rdata = m.rvfi_mem_rdata_o[i];
      r.mem_wdata = m.rvfi_mem_wdata_o[i];
      retired_pointers_[i] = &r;
      if ((m.rvfi_intr_cause_o[i] & 0x20) != 0) interrupts_[i] = m.rvfi_intr_cause_o[i] & 0x1f;
    }
    unsigned accesses = 0;
    for (std::uint32_t granted = m.access_o; granted != 0; granted &= granted - 1) {
      const auto master = static_cast<unsigned>(std::countr_zero(granted));
      const std::uint32_t base = master < kCores ? 0 : kL1Base;
      accesses_[accesses++] = {master, (m.access_we_o >> master & 1) != 0, m.access_be_o[master],
                               base + m.access_addr_o[master], m.access_wdata_o[master]};
    }
    const CycleView view{.cycle = cycles,
                         .activity = view_activity_,
                         .retired = retired_pointers_,
                         .interrupt = interrupts_,
                         .accesses = std::span(accesses_).first(accesses),
                         .tcdm_conflicts = m.tcdm_refused_o,
                         .dma_busy = m.dma_busy_o != 0,
                         .outside_request = request,
                         .outside_delivery = delivery};
    return observer.cycle(view);
  }

  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Vcluster> model_;
  ClusterTrace trace_;
  ClusterSkip skip_;
  ClusterRestart restart_;
  std::uint64_t skip_at_ = 0;  ///< cycle before which it is not tried again
  std::uint64_t skip_pause_ = 1;
  std::array<Probe, kBanks> banks_;
  std::array<CoreProbes, kCores> cores_;
  Probe event_, waits_, team_, arrived_, wants_, owner_, timer_enable_, timer_targets_,
      timer_count_, timer_compare_;

  std::uint32_t outstanding_ = 0;  ///< requests not yet answered
  std::uint32_t quiet_ = 0;        ///< cycles with every core asleep and nothing under way
  /// At the last look every core waited and nothing came: instructions retired until then.
  std::uint64_t waiting_since_ = ~std::uint64_t{0};
  std::uint64_t activity_ = 0;                 ///< of the last cycle, 3 bits a core
  std::array<std::uint64_t, kCores> since_{};  ///< last cycle accounted for
  std::array<CoreStatistics, kCores> statistics_{};

  std::array<Activity, kCores> view_activity_{};
  std::array<isa::Retired, kCores> retired_{};
  std::array<const isa::Retired*, kCores> retired_pointers_{};
  std::array<std::optional<std::uint32_t>, kCores> interrupts_{};
  std::array<BusAccess, kMasters> accesses_{};
};

}  // namespace
}  // namespace freebits::tb

extern "C" __attribute__((visibility("default"))) freebits::tb::ClusterEngine*
freebits_make_cluster_engine(const char* trace, std::uint64_t from, std::uint64_t to) {
  return new freebits::tb::VerilatedCluster(trace, from, to);
}
