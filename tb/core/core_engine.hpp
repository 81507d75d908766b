// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <filesystem>
#include <memory>
#include <random>
#include <vector>

#include "base/error.hpp"
#include "tb/core/core_sim.hpp"
#include "verilated.h"

namespace freebits::tb {

/// What CoreSim needs from a Verilated model: the same code serves the plain model and the one
/// compiled with tracing.
class CoreSim::Engine {
 public:
  virtual ~Engine() = default;
  virtual void reset(const CoreOptions& options) = 0;
  virtual const isa::Retired* step() = 0;
  [[nodiscard]] virtual bool sleeping() const = 0;
  [[nodiscard]] virtual Waiting waiting() const = 0;

  std::uint32_t interrupts = 0;
  std::uint64_t cycles = 0;
  std::uint64_t instructions = 0;
  std::uint64_t data_accesses = 0;
  Accounting accounting{};
  std::vector<std::uint32_t> watched;
  std::optional<std::uint32_t> stored;
  std::optional<std::uint32_t> interrupt;
  CoreSim::Trap trap;
};

std::unique_ptr<CoreSim::Engine> make_engine(SystemMemory& memory);
std::unique_ptr<CoreSim::Engine> make_traced_engine(SystemMemory& memory,
                                                    const std::filesystem::path& trace);

/// A bus port's memory side: withholds grants and responses at random when asked to.
struct PortTiming {
  std::minstd_rand random;
  std::uint32_t threshold = 0;  ///< of minstd_rand's range, 0 = never

  bool stalls() { return threshold != 0 && random() < threshold; }
};

/// `Model` is the Verilated class. `Tracer` is constructed from the model and the trace file's
/// path, and called after every evaluation with the time in half cycles.
template <class Model, class Tracer>
class VerilatedEngine final : public CoreSim::Engine {
 public:
  VerilatedEngine(SystemMemory& memory, const std::filesystem::path& trace)
      : memory_(memory),
        context_(std::make_unique<VerilatedContext>()),
        model_(std::make_unique<Model>(context_.get())),
        tracer_(*context_, *model_, trace) {}

  ~VerilatedEngine() override {
    Verilated::threadContextp(context_.get());  // the one made last in this thread may be gone
    model_->final();
  }

  void reset(const CoreOptions& options) override {
    cycles = instructions = data_accesses = 0;
    accounting = {};
    interrupts = 0;
    stored.reset();
    fetch_queue_.clear();
    data_queue_.clear();
    const auto range = static_cast<double>(std::minstd_rand::max());
    timing_.threshold = static_cast<std::uint32_t>(options.stall_probability * range);
    timing_.random.seed(
        static_cast<std::uint32_t>(options.stall_seed ^ (options.stall_seed >> 32)) | 1U);
    model_->isa_level_i = static_cast<std::uint8_t>(options.level);
    model_->hart_id_i = options.hart_id;
    model_->boot_addr_i = options.boot_address;
    set_memory_map();
    model_->irq_i = 0;
    respond();
    model_->rst_ni = 1;
    evaluate(0);
    model_->rst_ni = 0;
    model_->configure_i = 1;
    evaluate(0);
    evaluate(1);
    evaluate(0);
    model_->configure_i = 0;
    model_->rst_ni = 1;
    evaluate(0);
    finish_cycle();  // the first fetch stands on the bus before the first clock edge
  }

  const isa::Retired* step() override {
    evaluate(0);
    evaluate(1);
    ++cycles;
    ++accounting[model_->activity_o];
    finish_cycle();
    if (model_->rvfi_valid == 0) return nullptr;
    ++instructions;
    capture();
    return &retired_;
  }

  [[nodiscard]] bool sleeping() const override { return model_->sleep_o != 0; }

  [[nodiscard]] CoreSim::Waiting waiting() const override {
    CoreSim::Waiting waiting;
    if (model_->instr_waits_o != 0 || !fetch_queue_.empty()) waiting.fetch = model_->instr_addr_o;
    if (model_->data_waits_o != 0 || !data_queue_.empty()) waiting.data = model_->data_addr_o;
    return waiting;
  }

 private:
  struct Fetched {
    std::uint32_t word;
    bool fault;
  };

  /// First in, first out, at most two responses: cheaper than std::deque in the inner loop.
  template <class T>
  class ShortQueue {
   public:
    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] const T& front() const { return items_[0]; }
    void pop() {
      items_[0] = items_[1];
      --count_;
    }
    void push(T item) { items_[count_++] = item; }
    void clear() { count_ = 0; }

   private:
    T items_[4]{};
    unsigned count_ = 0;
  };

  void evaluate(int level) {
    model_->clk_i = static_cast<std::uint8_t>(level);
    model_->eval();
    tracer_(time_++);
  }

  void set_memory_map() {
    if (memory_.regions().size() > 8) throw Error("more than 8 memory regions; merge some");
    unsigned i = 0;
    model_->region_writable_i = 0;
    for (const SystemMemory::Region& r : memory_.regions()) {
      model_->region_base_i[i] = r.base;
      model_->region_last_i[i] = r.base + static_cast<std::uint32_t>(r.bytes.size()) - 1;
      if (r.writable) model_->region_writable_i |= static_cast<std::uint8_t>(1U << i);
      ++i;
    }
    for (; i < 8; ++i) {
      model_->region_base_i[i] = 1;
      model_->region_last_i[i] = 0;
    }
    fetch_region_ = data_region_ = nullptr;
  }

  /// Takes this cycle's granted requests and sets the next cycle's inputs.
  void finish_cycle() {
    if (model_->instr_req_o != 0) accept_fetch();
    if (model_->data_req_o != 0) accept_data();
    respond();
  }

  /// The next cycle's responses, grants and interrupt lines.
  void respond() {
    model_->irq_i = interrupts;
    const bool fetched = !fetch_queue_.empty() && !timing_.stalls();
    const bool loaded = !data_queue_.empty() && !timing_.stalls();
    model_->instr_rvalid_i = fetched ? 1 : 0;
    if (fetched) {
      model_->instr_rdata_i = fetch_queue_.front().word;
      model_->instr_err_i = fetch_queue_.front().fault ? 1 : 0;
      fetch_queue_.pop();
    }
    model_->data_rvalid_i = loaded ? 1 : 0;
    if (loaded) {
      model_->data_rdata_i = data_queue_.front();
      data_queue_.pop();
    }
    model_->instr_gnt_i = timing_.stalls() ? 0 : 1;
    model_->data_gnt_i = timing_.stalls() ? 0 : 1;
  }

  SystemMemory::Region* region(SystemMemory::Region*& last, std::uint32_t address) {
    if (last == nullptr || !last->contains(address, 4)) last = memory_.find(address, 4);
    return last;
  }

  void accept_fetch() {
    const std::uint32_t address = model_->instr_addr_o;
    Fetched fetched{0, true};
    if (const SystemMemory::Region* r = region(fetch_region_, address)) {
      std::memcpy(&fetched.word, r->bytes.data() + (address - r->base), 4);
      fetched.fault = false;
    }
    fetch_queue_.push(fetched);
  }

  void accept_data() {
    ++data_accesses;
    const std::uint32_t address = model_->data_addr_o;
    SystemMemory::Region* r = region(data_region_, address);
    std::uint8_t* bytes = r->bytes.data() + (address - r->base);
    std::uint32_t word = 0;
    std::memcpy(&word, bytes, 4);
    data_queue_.push(word);
    if (model_->data_we_o == 0) return;
    const std::uint32_t data = model_->data_wdata_o;
    for (unsigned i = 0; i < 4; ++i) {
      if ((model_->data_be_o >> i & 1) != 0) bytes[i] = static_cast<std::uint8_t>(data >> (8 * i));
    }
    for (const std::uint32_t block : watched) {
      if ((address & ~7U) == block) stored = address;
    }
  }

  void capture() {
    isa::Retired& r = retired_;
    r.order = model_->rvfi_order;
    r.insn = model_->rvfi_insn;
    r.pc = model_->rvfi_pc_rdata;
    r.next_pc = model_->rvfi_pc_wdata;
    r.trap = model_->rvfi_trap != 0;
    r.intr = model_->rvfi_intr != 0;
    r.rd = model_->rvfi_rd_addr;
    r.rd_value = model_->rvfi_rd_wdata;
    r.rd2 = model_->rvfi_rd2_addr;
    r.rd2_value = model_->rvfi_rd2_wdata;
    r.mem_addr = model_->rvfi_mem_addr;
    r.mem_rmask = model_->rvfi_mem_rmask;
    r.mem_wmask = model_->rvfi_mem_wmask;
    r.mem_rdata = model_->rvfi_mem_rdata;
    r.mem_wdata = model_->rvfi_mem_wdata;
    trap = {model_->rvfi_trap_cause, model_->rvfi_trap_tval};
    const unsigned cause = model_->rvfi_intr_cause;
    interrupt = (cause & 0x20) != 0 ? std::optional<std::uint32_t>(cause & 0x1f) : std::nullopt;
  }

  SystemMemory& memory_;
  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Model> model_;
  Tracer tracer_;
  PortTiming timing_;
  ShortQueue<Fetched> fetch_queue_;
  ShortQueue<std::uint32_t> data_queue_;
  SystemMemory::Region* fetch_region_ = nullptr;
  SystemMemory::Region* data_region_ = nullptr;
  isa::Retired retired_;
  std::uint64_t time_ =
      0;  ///< half cycles since construction, never reset: waveforms need it monotonic
};

}  // namespace freebits::tb
