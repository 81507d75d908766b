// SPDX-License-Identifier: Apache-2.0
#include "tb/observe/cluster_lockstep.hpp"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <deque>
#include <vector>

#include "tb/cluster_numbers.hpp"
#include "tb/core/retire_comparison.hpp"
#include "tb/isa/hart.hpp"

namespace freebits::tb {
namespace {

constexpr std::uint32_t kMstatus = 0x300;
constexpr std::uint32_t kMie = 0x304;
constexpr std::uint32_t kPageBytes = 0x1000;

/// One granted access of a core, from the bus to the model.
struct Granted {
  BusAccess access;
  bool outside = false;  ///< the value comes with the answer
  bool answered = false;
  bool trusted = false;  ///< a peripheral's value: what the core read counts
  std::uint32_t value = 0;
};

bool inside(std::uint32_t address, std::uint32_t base, std::uint32_t bytes) {
  return address - base < bytes;
}

/// Where an address leads (fb_core_demux).
enum class Place { Nowhere, L1, TestAndSet, Peripheral, Outside };

class AddressMap {
 public:
  explicit AddressMap(const Target& target)
      : l1_(target.geometry.l1_bytes), l2_(target.l2.bytes), l3_(target.l3.bytes) {}
  [[nodiscard]] Place place(std::uint32_t address) const {
    namespace n = cluster_numbers;
    if (inside(address, n::L1Base, l1_)) return Place::L1;
    if (inside(address, n::L1TasBase, l1_)) return Place::TestAndSet;
    if (inside(address, n::EventUnitBase, 4 * kPageBytes)) return Place::Peripheral;
    if (executable(address) || inside(address, n::OutsideIoBase, n::OutsideIoBytes))
      return Place::Outside;
    return Place::Nowhere;
  }
  [[nodiscard]] bool executable(std::uint32_t address) const {
    return inside(address, cluster_numbers::L2Base, l2_) ||
           inside(address, cluster_numbers::L3Base, l3_);
  }

 private:
  std::uint32_t l1_, l2_, l3_;
};

/// What one hart sees: its core's granted accesses, in order.
class CoreMemory final : public isa::Memory {
 public:
  CoreMemory(const Cluster& cluster, const AddressMap& map) : cluster_(cluster), map_(map) {}

  std::deque<Granted> granted;
  const isa::Retired* retiring = nullptr;
  std::string complaint;  ///< about the access of the instruction being stepped

 protected:
  bool device_load(std::uint32_t address, unsigned bytes, std::uint32_t& value) override {
    if (map_.place(address) == Place::Nowhere) return false;
    value = 0;
    const std::optional<Granted> access = next(address, bytes, false);
    if (!access) return true;
    if (access->outside && !access->answered) {
      complaint += fmt::format("  load of {:08x} retired before its answer\n", address);
    }
    value = access->value >> (8 * (address & 3)) & mask(bytes);
    if (access->trusted) {
      const std::uint32_t at = address - retiring->mem_addr;
      value = at < 4 ? retiring->mem_rdata >> (8 * at) & mask(bytes) : 0;
    }
    return true;
  }

  bool device_store(std::uint32_t address, unsigned bytes, std::uint32_t value) override {
    if (map_.place(address) == Place::Nowhere) return false;
    const std::optional<Granted> access = next(address, bytes, true);
    if (!access) return true;
    const std::uint32_t lanes = mask(bytes) << (8 * (address & 3));
    const std::uint32_t data = value << (8 * (address & 3));
    if ((access->access.data & lanes) != (data & lanes)) {
      complaint +=
          fmt::format("  store to {:08x}: the bus carried {:08x}, the model stores {:08x}\n",
                      address, access->access.data & lanes, data & lanes);
    }
    return true;
  }

  bool device_fetch(std::uint32_t address, std::uint16_t& half) override {
    if (!map_.executable(address)) return false;
    std::array<std::uint8_t, 2> raw{};
    if (!cluster_.read(address, raw)) return false;
    half = static_cast<std::uint16_t>(raw[0] | raw[1] << 8);
    return true;
  }

 private:
  static std::uint32_t mask(unsigned bytes) {
    return bytes == 4 ? ~std::uint32_t{0} : (1U << (8 * bytes)) - 1;
  }

  std::optional<Granted> next(std::uint32_t address, unsigned bytes, bool write) {
    const char* what = write ? "store to" : "load of";
    if (granted.empty()) {
      complaint += fmt::format("  {} {:08x}: the bus has seen no such access\n", what, address);
      return std::nullopt;
    }
    const Granted access = granted.front();
    granted.pop_front();
    const auto lanes = static_cast<std::uint8_t>(((1U << bytes) - 1) << (address & 3));
    if (access.access.write != write || access.access.address != (address & ~3U) ||
        access.access.byte_enable != lanes) {
      complaint += fmt::format(
          "  {} {:08x}, byte lanes {:04b}: the bus saw a {} {:08x}, byte lanes {:04b}\n", what,
          address, lanes, access.access.write ? "store to" : "load of", access.access.address,
          access.access.byte_enable);
      return std::nullopt;
    }
    return access;
  }

  const Cluster& cluster_;
  const AddressMap& map_;
};

}  // namespace

struct ClusterLockstep::State {
  State(const Cluster& the_cluster, std::uint32_t entry)
      : cluster(the_cluster), map(cluster.target()), l1(cluster.target().geometry.l1_bytes) {
    if (!cluster.read(cluster_numbers::L1Base, l1)) l1.clear();
    cores.reserve(cluster.cores());
    for (unsigned i = 0; i < cluster.cores(); ++i) {
      cores.push_back(std::make_unique<Core>(cluster, map, i, entry));
    }
  }

  struct Core {
    Core(const Cluster& cluster, const AddressMap& map, unsigned id, std::uint32_t entry)
        : memory(cluster, map), hart(memory, cluster.target().level, id, entry) {}
    CoreMemory memory;
    isa::Hart hart;
    RetireComparison comparison;
  };

  void grant(const BusAccess& access);
  bool retire(unsigned index, const CycleView& view);

  const Cluster& cluster;
  AddressMap map;
  std::vector<std::uint8_t> l1;
  /// Words of L1 before the writes granted in the last cycle: the banks take them with the next
  /// clock edge.
  struct Old {
    std::uint32_t offset = 0;
    std::array<std::uint8_t, 4> word{};
  };
  std::vector<Old> before_last;
  std::vector<std::unique_ptr<Core>> cores;
  std::optional<std::string> report;
};

ClusterLockstep::ClusterLockstep(const Cluster& cluster, std::uint32_t entry)
    : state_(std::make_unique<State>(cluster, entry)) {}
ClusterLockstep::~ClusterLockstep() = default;

const std::optional<std::string>& ClusterLockstep::report() const { return state_->report; }

/// Applies a granted access to the reference L1 and hands it to its core's model.
void ClusterLockstep::State::grant(const BusAccess& access) {
  const bool from_core = access.master < cores.size();
  // The DMA's ports carry offsets in L1.
  const Place place = from_core ? map.place(access.address) : Place::L1;
  Granted granted;
  granted.access = access;
  granted.outside = place == Place::Outside;
  granted.trusted = place == Place::Peripheral;
  if (place == Place::L1 || place == Place::TestAndSet) {
    const auto offset = static_cast<std::uint32_t>(access.address & (l1.size() - 4));
    std::uint8_t* word = l1.data() + offset;
    std::memcpy(&granted.value, word, 4);
    const bool sets = place == Place::TestAndSet && !access.write;
    if (access.write || sets) before_last.push_back({offset, {word[0], word[1], word[2], word[3]}});
    for (unsigned i = 0; i < 4 && (access.write || sets); ++i) {
      if ((access.byte_enable >> i & 1) == 0) continue;
      word[i] = sets ? 0xff : static_cast<std::uint8_t>(access.data >> (8 * i));
    }
  }
  if (from_core) cores[access.master]->memory.granted.push_back(granted);
}

bool ClusterLockstep::State::retire(unsigned index, const CycleView& view) {
  Core& core = *cores[index];
  const isa::Retired& r = *view.retired[index];
  std::string complaint;
  if (const std::optional<std::uint32_t> cause = view.interrupt[index]) {
    const bool enabled = (core.hart.read_csr(kMstatus).value_or(0) >> 3 & 1) != 0 &&
                         (core.hart.read_csr(kMie).value_or(0) >> *cause & 1) != 0;
    if (!enabled) {
      complaint =
          fmt::format("  interrupt {} taken, but it was not enabled in the model\n", *cause);
    }
    core.hart.take_interrupt(*cause);
  }
  core.memory.retiring = &r;
  core.memory.complaint.clear();
  auto difference = core.comparison.step(core.hart, r, view.cycle, complaint);
  core.memory.retiring = nullptr;
  if (!core.memory.complaint.empty() && !difference) {
    difference = fmt::format("core and bus differ at pc {:08x}, cycle {}\n", r.pc, view.cycle);
  }
  if (!difference) return true;
  report = fmt::format("core {}: {}{}", index, *difference, core.memory.complaint);
  return false;
}

bool ClusterLockstep::cycle(const CycleView& view) {
  State& s = *state_;
  s.before_last.clear();
  for (const BusAccess& access : view.accesses) s.grant(access);
  if (view.outside_delivery.answer && view.outside_delivery.id < s.cores.size()) {
    // The core's one access in flight: the oldest outside access without an answer.
    for (Granted& g : s.cores[view.outside_delivery.id]->memory.granted) {
      if (!g.outside || g.answered) continue;
      g.answered = true;
      g.value = static_cast<std::uint32_t>(view.outside_delivery.data >>
                                           ((g.access.address & 4) != 0 ? 32 : 0));
      break;
    }
  }
  for (unsigned i = 0; i < s.cores.size(); ++i) {
    if (view.retired[i] != nullptr && !s.retire(i, view)) return false;
  }
  return true;
}

std::optional<std::string> ClusterLockstep::finish() const {
  const State& s = *state_;
  std::vector<std::uint8_t> expected = s.l1;
  for (const State::Old& old : s.before_last) {
    std::memcpy(expected.data() + old.offset, old.word.data(), old.word.size());
  }
  std::vector<std::uint8_t> got(s.l1.size());
  if (!s.cluster.read(cluster_numbers::L1Base, got) || got == expected) return std::nullopt;
  std::string text = "L1 differs at the end of the run:\n";
  unsigned shown = 0;
  for (std::size_t at = 0; at < got.size() && shown < 8; at += 4) {
    std::uint32_t g = 0;
    std::uint32_t e = 0;
    std::memcpy(&g, got.data() + at, 4);
    std::memcpy(&e, expected.data() + at, 4);
    if (g == e) continue;
    text += fmt::format("  [{:08x}]  cluster {:08x}   model {:08x}\n",
                        cluster_numbers::L1Base + static_cast<std::uint32_t>(at), g, e);
    ++shown;
  }
  return text;
}

}  // namespace freebits::tb
