// SPDX-License-Identifier: Apache-2.0
#include "tb/cluster/cluster.hpp"

#include <fmt/format.h>

#include <cstring>
#include <fstream>

#include "base/error.hpp"
#include "tb/cluster/cluster_waiting.hpp"
#include "tb/cluster_numbers.hpp"
#include "tb/core/fst_file.hpp"
#include "tb/geometry/cluster_engine.hpp"
#include "tb/geometry/cluster_port.hpp"
#include "tb/geometry/geometry.hpp"
#include "tb/memory/memory_system.hpp"
#include "tb/memory/saved_state.hpp"

namespace freebits::tb {
namespace {

void check_options(const ClusterOptions& options) {
  const bool traced = options.visibility == Visibility::Traced;
  if (traced == options.trace.empty()) {
    throw Error(traced ? "a traced cluster without a file; name one in ClusterOptions::trace"
                       : "a waveform file needs Visibility::Traced");
  }
  if (!traced) return;
  if (options.trace_from >= options.trace_to) {
    throw Error(fmt::format("waveforms from cycle {} to {}: expected the end after the begin",
                            options.trace_from, options.trace_to));
  }
  if (!std::ofstream(options.trace)) {
    throw Error(fmt::format("{}: cannot be written; name a file in a writable folder",
                            options.trace.string()));
  }
}

}  // namespace

class Cluster::Impl {
 public:
  /// `outside`: null for L2, L3 and L3 DMA of our own.
  Impl(const Target& target, const ClusterOptions& options, Outside* outside)
      : target_(target),
        memory_(outside == nullptr ? std::make_unique<MemorySystem>(target) : nullptr),
        port_(outside == nullptr ? *memory_ : *outside),
        visibility_(options.visibility),
        trace_(options.trace) {
    validate(target);
    check_options(options);
    const auto make = load_geometry({target.geometry, options.visibility}, options.on_build);
    engine_.reset(make(trace_.c_str(), options.trace_from, options.trace_to));
    port_.stop = &engine_->stop_requested;
    for (unsigned b = 0; b < target.geometry.banks; ++b) banks_.push_back(engine_->bank(b));
    engine_->reset(straps(cluster_numbers::L2Base));
  }

  ~Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  [[nodiscard]] const Target& target() const { return target_; }
  [[nodiscard]] ClusterEngine& engine() const { return *engine_; }
  [[nodiscard]] ClusterPort& port() { return port_; }

  void reset(std::uint32_t entry) {
    port_.reset();
    engine_->reset(straps(entry));
  }

  Stop run(std::uint64_t until, ClusterObserver* observer) {
    if (observer != nullptr && visibility_ == Visibility::Plain) {
      throw Error("an observer needs Visibility::Observed or Traced");
    }
    return engine_->run(until, port_, observer);
  }

  /// Whether these bytes are all in one of the memories.
  [[nodiscard]] bool holds(std::uint32_t address, std::size_t size) const {
    const auto within = [&](std::uint32_t base, std::uint32_t bytes) {
      const std::uint32_t offset = address - base;
      return offset <= bytes && size <= bytes - offset;
    };
    return in_l1(address, size) || within(cluster_numbers::L2Base, target_.l2.bytes) ||
           within(cluster_numbers::L3Base, target_.l3.bytes);
  }

  bool read(std::uint32_t address, std::span<std::uint8_t> bytes) const {
    if (!in_l1(address, bytes.size())) return memory_ != nullptr && memory_->read(address, bytes);
    for (std::uint8_t& byte : bytes) {
      const std::uint32_t offset = address++ - cluster_numbers::L1Base;
      byte = static_cast<std::uint8_t>(word(offset) >> (8 * (offset & 3)));
    }
    return true;
  }

  bool write(std::uint32_t address, std::span<const std::uint8_t> bytes) {
    if (!in_l1(address, bytes.size())) return memory_ != nullptr && memory_->write(address, bytes);
    for (const std::uint8_t byte : bytes) {
      const std::uint32_t offset = address++ - cluster_numbers::L1Base;
      const unsigned shift = 8 * (offset & 3);
      word(offset) = (word(offset) & ~(0xffU << shift)) | std::uint32_t{byte} << shift;
    }
    return true;
  }

  [[nodiscard]] std::vector<std::uint8_t> save() {
    expect_savable();
    std::vector<std::uint8_t> bytes;
    StateWriter to(bytes);
    const std::string id = identity();
    to(std::vector<char>(id.begin(), id.end()));
    Bytes<StateWriter> engine(to);
    engine_->save(engine);
    port_.state(to);
    memory_->save(to);
    return bytes;
  }

  void restore(std::span<const std::uint8_t> state) {
    expect_savable();
    StateReader from(state);
    std::vector<char> id;
    from(id);
    if (const std::string of(id.begin(), id.end()); of != identity())
      throw Error(fmt::format("a saved state of {}, expected one of {}", of, identity()));
    Bytes<StateReader> engine(from);
    engine_->restore(engine);
    port_.state(from);
    memory_->restore(from);
    if (from.left() != 0) throw Error("a saved state of a cluster is longer than expected");
  }

 private:
  /// A state in the form that crosses the seam to the geometry.
  template <class State>
  class Bytes final : public StateBytes {
   public:
    explicit Bytes(State& state) : state_(state) {}
    void next(void* bytes, std::size_t count) override { state_.bytes(bytes, count); }

   private:
    State& state_;
  };

  /// Of the geometry's model and the target.
  [[nodiscard]] std::string identity() const {
    return fmt::format("{}, target {}", geometry_file({target_.geometry, visibility_}),
                       target_hash(target_));
  }

  void expect_savable() const {
    if (memory_ == nullptr) throw Error("what lies beyond the port is not the cluster's to save");
    if (visibility_ == Visibility::Traced)
      throw Error("a cluster that writes waveforms cannot be saved");
  }

  [[nodiscard]] EngineStraps straps(std::uint32_t entry) const {
    return {static_cast<std::uint8_t>(target_.level), entry, target_.l2.bytes, target_.l3.bytes};
  }

  [[nodiscard]] bool in_l1(std::uint32_t address, std::size_t size) const {
    const std::uint32_t offset = address - cluster_numbers::L1Base;
    return offset <= target_.geometry.l1_bytes && size <= target_.geometry.l1_bytes - offset;
  }

  /// Words are interleaved over the banks.
  [[nodiscard]] std::uint32_t& word(std::uint32_t offset) const {
    const std::uint32_t index = offset / 4;
    return banks_[index % banks_.size()][index / banks_.size()];
  }

  Target target_;
  std::unique_ptr<MemorySystem> memory_;
  ClusterPort port_;
  Visibility visibility_;
  std::string trace_;
  std::unique_ptr<ClusterEngine> engine_;
  std::vector<std::uint32_t*> banks_;
};

Cluster::Cluster(const Target& target, const ClusterOptions& options)
    : impl_(std::make_unique<Impl>(target, options, nullptr)) {}
Cluster::Cluster(const Target& target, const ClusterOptions& options, Outside& outside)
    : impl_(std::make_unique<Impl>(target, options, &outside)) {}
Cluster::~Cluster() = default;
Cluster::Cluster(Cluster&&) noexcept = default;
Cluster& Cluster::operator=(Cluster&&) noexcept = default;

const Target& Cluster::target() const { return impl_->target(); }
unsigned Cluster::cores() const { return impl_->target().geometry.cores; }

void Cluster::load(const Elf& elf) {
  for (const Elf::Segment& segment : elf.segments) {
    if (impl_->holds(segment.address, segment.memory_size)) {  // before memory is taken for it
      std::vector<std::uint8_t> bytes = segment.data;
      bytes.resize(segment.memory_size);
      if (impl_->write(segment.address, bytes)) continue;
    }
    const Target& t = target();
    throw Error(fmt::format(
        "{}: segment of {} bytes at {:#010x} lies outside the memories of target {}: L1 {:#010x} "
        "(+{} KiB), L2 {:#010x} (+{} KiB), L3 {:#010x} (+{} KiB)",
        elf.path.string(), segment.memory_size, segment.address, t.name, cluster_numbers::L1Base,
        t.geometry.l1_bytes >> 10, cluster_numbers::L2Base, t.l2.bytes >> 10,
        cluster_numbers::L3Base, t.l3.bytes >> 10));
  }
  reset(elf.entry);
}

bool Cluster::read(std::uint32_t address, std::span<std::uint8_t> bytes) const {
  return impl_->read(address, bytes);
}
bool Cluster::write(std::uint32_t address, std::span<const std::uint8_t> bytes) {
  return impl_->write(address, bytes);
}
void Cluster::reset(std::uint32_t entry) { impl_->reset(entry); }
void Cluster::watch(std::uint32_t address) { impl_->port().watch(address); }
Cluster::Stop Cluster::run(std::uint64_t until, ClusterObserver* observer) {
  return impl_->run(until, observer);
}
std::optional<std::uint32_t> Cluster::take_stored() { return impl_->port().take_stored(); }
std::vector<std::uint8_t> Cluster::save() const { return impl_->save(); }
void Cluster::restore(std::span<const std::uint8_t> state) { impl_->restore(state); }
std::uint64_t Cluster::cycles() const { return impl_->engine().cycles; }
CoreStatistics Cluster::core(unsigned index) const { return impl_->engine().statistics(index); }
std::uint32_t Cluster::pc(unsigned index) const { return impl_->engine().state(index).pc; }
bool Cluster::set_registers(unsigned core, std::span<const std::uint32_t, 32> x, std::uint32_t pc) {
  return impl_->engine().set_registers(core, x, pc);
}
std::string Cluster::waiting(unsigned index) const {
  return describe_waiting(impl_->engine().state(index), impl_->port().waits_for(index));
}

}  // namespace freebits::tb
