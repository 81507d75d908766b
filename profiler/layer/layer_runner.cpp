// SPDX-License-Identifier: Apache-2.0
#include "profiler/layer/layer_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "base/data_folder.hpp"
#include "base/error.hpp"
#include "deploy/image/packing.hpp"
#include "deploy/kernels/kernel.hpp"
#include "deploy/kernels/operands.hpp"
#include "freebits/kernel_job.h"
#include "freebits/kernel_layout.h"
#include "models/graph/kinds/op_functions.hpp"
#include "profiler/layer/stoppable_run.hpp"
#include "tb/cluster_numbers.hpp"
#include "tb/program/elf.hpp"

namespace freebits::profiler {
namespace {

namespace n = tb::cluster_numbers;

constexpr std::uint8_t kGuardByte = 0xa5;
constexpr std::uint32_t kGuard = 64;          ///< bytes between operands; kernels may read as many
constexpr std::uint64_t kCyclesPerMac = 200;  ///< more than any kernel takes, overheads included

tb::Elf kernels(isa::Level level) {
  return tb::read_elf(software_folder() / fmt::format("kernel_job_{}.elf", isa::name(level)));
}

template <class T>
std::span<const std::uint8_t> bytes_of(const T& value) {
  return {reinterpret_cast<const std::uint8_t*>(&value), sizeof value};
}

/// L1 behind the program's own data: operands one after the other, guard bytes between them.
class L1Image {
 public:
  L1Image(std::uint32_t base, std::uint32_t end) : base_(base), end_(end) {}

  std::uint32_t place(const char* what, std::span<const std::uint8_t> bytes) {
    const std::uint32_t address = reserve(what, bytes.size());
    std::ranges::copy(bytes, image_.begin() + (address - base_));
    return address;
  }
  /// Contents are the kernel's.
  std::uint32_t free_space(const char* what, std::size_t bytes) {
    const std::uint32_t address = reserve(what, bytes);
    free_.push_back({address, static_cast<std::uint32_t>(bytes)});
    return address;
  }
  [[nodiscard]] std::uint32_t left() const {
    return end_ - base_ - static_cast<std::uint32_t>(image_.size());
  }

  void write(tb::Cluster& cluster) const { (void)cluster.write(base_, image_); }
  /// Throws Error naming the first byte that has changed and should not have.
  void check(const tb::Cluster& cluster) const {
    std::vector<std::uint8_t> now(image_.size());
    (void)cluster.read(base_, now);
    for (std::size_t i = 0; i < now.size(); ++i) {
      const auto address = static_cast<std::uint32_t>(base_ + i);
      const bool free =
          std::ranges::any_of(free_, [&](const Range& r) { return address - r.begin < r.bytes; });
      if (free || now[i] == image_[i]) continue;
      throw Error(
          fmt::format("the kernel wrote {:#04x} to {:#010x}, {}", now[i], address, where(address)));
    }
  }

 private:
  struct Range {
    std::uint32_t begin, bytes;
  };
  struct Named {
    const char* what;
    std::uint32_t begin, bytes;
  };

  std::uint32_t reserve(const char* what, std::size_t bytes) {
    const std::size_t whole = (bytes + 3) / 4 * 4 + kGuard;
    if (whole > left()) {
      throw Error(
          fmt::format("{} of {} bytes: L1 has {} left; a smaller tile, or a larger L1 "
                      "in the target",
                      what, bytes, left()));
    }
    const auto address = static_cast<std::uint32_t>(base_ + image_.size());
    image_.resize(image_.size() + whole, kGuardByte);
    named_.push_back({what, address, static_cast<std::uint32_t>(bytes)});
    return address;
  }
  [[nodiscard]] std::string where(std::uint32_t address) const {
    for (const Named& n : named_) {
      if (address - n.begin < n.bytes) return fmt::format("inside its {}", n.what);
      if (address - n.begin < n.bytes + kGuard + 3) {
        return fmt::format("{} bytes behind its {}", address - n.begin - n.bytes, n.what);
      }
    }
    return "outside its operands";
  }

  std::uint32_t base_, end_;
  std::vector<std::uint8_t> image_;
  std::vector<Range> free_;
  std::vector<Named> named_;
};

std::size_t packed_bytes(const models::Tensor& t) {
  return std::size_t{t.shape.height} * t.shape.width *
         fb_pixel_bytes(t.shape.channels, models::bits(t.type));
}

}  // namespace

class LayerRunner::Impl {
 public:
  Impl(const tb::Target& target, StopToken stop)
      : elf_(kernels(target.level)),
        cluster_(target),
        job_(symbol("fb_job")),
        state_(symbol("fb_job_state")),
        stop_(stop) {
    cluster_.watch(state_);
  }

  [[nodiscard]] unsigned level() const { return static_cast<unsigned>(cluster_.target().level); }
  [[nodiscard]] unsigned cores() const { return cluster_.cores(); }
  [[nodiscard]] std::uint32_t symbol(const std::string& name) const {
    return elf_.required_symbol(name);
  }
  [[nodiscard]] L1Image image() const {
    const std::uint32_t end =
        n::L1Base + cluster_.target().geometry.l1_bytes - cores() * symbol("STACK_SIZE") - kGuard;
    const std::uint32_t begin = (job_ + sizeof(fb_kernel_job) + 2 * kGuard) & ~3U;
    return {std::max(begin, symbol("__l1_end") + kGuard), end};
  }

  /// `expected`: shape and type of the output.
  LayerRun run(const fb_kernel_job& job, const L1Image& image, std::uint32_t output,
               const models::Tensor& expected, std::uint64_t macs) {
    cluster_.load(elf_);
    image.write(cluster_);
    (void)cluster_.write(job_, bytes_of(job));
    const std::uint64_t limit = (macs + 100'000) * kCyclesPerMac * job.rounds;
    LayerRun result;
    std::vector<tb::CoreStatistics> begin(cores());
    for (std::uint32_t state = 0; state != FB_KERNEL_DONE;) {
      const tb::Cluster::Stop why = run_until(cluster_, limit, stop_);
      if (why != tb::Cluster::Stop::Stored) fail();
      (void)cluster_.take_stored();
      state = word(state_);
      for (unsigned i = 0; i < cores(); ++i) {
        if (state == FB_KERNEL_READY) begin[i] = cluster_.core(i);
        if (state == FB_KERNEL_DONE) result.cores.push_back(difference(cluster_.core(i), begin[i]));
      }
    }
    image.check(cluster_);
    std::vector<std::uint8_t> bytes(packed_bytes(expected));
    (void)cluster_.read(output, bytes);
    result.output = models::unpack(bytes, expected.shape, expected.type);
    result.cycles = word(job_ + offsetof(fb_kernel_job, cycles));
    return result;
  }

 private:
  [[nodiscard]] std::uint32_t word(std::uint32_t address) const {
    std::uint32_t value = 0;
    std::array<std::uint8_t, 4> bytes{};
    (void)cluster_.read(address, bytes);
    std::memcpy(&value, bytes.data(), 4);
    return value;
  }
  static tb::CoreStatistics difference(tb::CoreStatistics end, const tb::CoreStatistics& begin) {
    end.instructions -= begin.instructions;
    for (std::size_t i = 0; i < end.accounting.size(); ++i)
      end.accounting[i] -= begin.accounting[i];
    return end;
  }
  [[noreturn]] void fail() const {
    std::string text;
    for (unsigned i = 0; i < cores(); ++i) {
      text += fmt::format("{}core {} {}", i == 0 ? "" : "; ", i, cluster_.waiting(i));
    }
    throw Error(fmt::format("the kernel has not ended in cycle {}: {}", cluster_.cycles(), text));
  }

  tb::Elf elf_;
  tb::Cluster cluster_;
  std::uint32_t job_, state_;
  StopToken stop_;
};

LayerRunner::LayerRunner(const tb::Target& target, StopToken stop)
    : impl_(std::make_unique<Impl>(target, stop)) {}
LayerRunner::~LayerRunner() = default;

LayerRun LayerRunner::run(const models::IntegerOp& op, const std::vector<const models::Tensor*>& in,
                          unsigned rounds) {
  const models::Tensor expected = models::empty_output(op, in);
  const models::KernelLayer layer = models::kernel_layer(op, in, expected, false);
  const models::Kernel& kernel = models::kernel(layer.kind);
  const unsigned level = impl_->level();
  check_sum_scale(layer, op, level);

  L1Image image = impl_->image();
  models::KernelOperands at;
  at.input = image.place("input", models::pack(*in.front()));
  if (in.size() == 2) at.second = image.place("second input", models::pack(*in.back()));
  if (layer.has_weights()) {
    at.weights = image.place("weights", kernel.pack_weights(op, layer, level));
    at.requantization =
        image.place("requantization", models::pack_requantization(*models::requantization_of(op)));
  }
  at.output = image.free_space("output", packed_bytes(expected));
  const std::uint32_t room = (image.left() - std::min(image.left(), 2 * kGuard)) / impl_->cores();
  at.scratch_bytes = kernel.scratch_within(level, layer, room);
  if (at.scratch_bytes != 0) {
    at.scratch = image.free_space("scratch memory", std::size_t{at.scratch_bytes} * impl_->cores());
  }
  fb_kernel_job job{};
  job.kernel = impl_->symbol(kernel.symbol(layer));
  job.rounds = rounds;
  kernel.fill(job.operands, at, layer, {0, layer.out.height, 0, layer.out.channels}, op, level);
  return impl_->run(job, image, at.output, expected, layer.operations());
}

LayerRun LayerRunner::run(const models::IntegerOp& op, const models::Tensor& in, unsigned rounds) {
  return run(op, std::vector{&in}, rounds);
}

LayerRun LayerRunner::run(const models::IntegerOp& op, const models::Tensor& a,
                          const models::Tensor& b, unsigned rounds) {
  return run(op, std::vector{&a, &b}, rounds);
}

}  // namespace freebits::profiler
