// SPDX-License-Identifier: Apache-2.0
#include "profiler/layer/layer_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "base/data_folder.hpp"
#include "base/error.hpp"
#include "deploy/image/kernel_geometry.hpp"
#include "deploy/image/operands.hpp"
#include "deploy/image/packing.hpp"
#include "freebits/kernel_job.h"
#include "freebits/kernel_layout.h"
#include "models/graph/limits.hpp"
#include "profiler/layer/stoppable_run.hpp"
#include "tb/cluster_numbers.hpp"
#include "tb/program/elf.hpp"

namespace freebits::profiler {
namespace {

namespace n = tb::cluster_numbers;

constexpr std::uint8_t kGuardByte = 0xa5;
constexpr std::uint32_t kGuard = 64;          ///< bytes between operands; kernels may read as many
constexpr std::uint64_t kCyclesPerMac = 200;  ///< more than any kernel takes, overheads included
constexpr std::uint32_t kMostPatches = 64;

// A job's types are of enum fb_type.
static_assert(static_cast<int>(models::IntType::U8) == FB_TYPE_u8 &&
              static_cast<int>(models::IntType::U4) == FB_TYPE_u4 &&
              static_cast<int>(models::IntType::U2) == FB_TYPE_u2 &&
              static_cast<int>(models::IntType::S8) == FB_TYPE_s8 &&
              static_cast<int>(models::IntType::S4) == FB_TYPE_s4 &&
              static_cast<int>(models::IntType::S2) == FB_TYPE_s2);

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

std::size_t packed_bytes(models::Shape shape, models::IntType type) {
  return std::size_t{shape.height} * shape.width *
         fb_pixel_bytes(shape.channels, models::bits(type));
}

void check_scale(const models::Requantization& r, unsigned scale) {
  if (r.pre >= scale) return;
  throw Error(
      fmt::format("pre is {}, but sums of these types come scaled by 2^{}: they would not "
                  "fit 32 bits",
                  r.pre, scale));
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
  [[nodiscard]] isa::Level isa_level() const { return cluster_.target().level; }
  [[nodiscard]] unsigned cores() const { return cluster_.cores(); }
  [[nodiscard]] L1Image image() const {
    const std::uint32_t end =
        n::L1Base + cluster_.target().geometry.l1_bytes - cores() * symbol("STACK_SIZE") - kGuard;
    const std::uint32_t begin = (job_ + sizeof(fb_kernel_job) + 2 * kGuard) & ~3U;
    return {std::max(begin, symbol("__l1_end") + kGuard), end};
  }

  LayerRun run(const fb_kernel_job& job, const L1Image& image, std::uint32_t output,
               models::Shape shape, models::IntType type, std::uint64_t macs) {
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
      if (state == FB_KERNEL_UNKNOWN) throw Error("the kernel program knows no such layer");
      for (unsigned i = 0; i < cores(); ++i) {
        if (state == FB_KERNEL_READY) begin[i] = cluster_.core(i);
        if (state == FB_KERNEL_DONE) result.cores.push_back(difference(cluster_.core(i), begin[i]));
      }
    }
    image.check(cluster_);
    std::vector<std::uint8_t> bytes(std::size_t{shape.height} * shape.width *
                                    fb_pixel_bytes(shape.channels, models::bits(type)));
    (void)cluster_.read(output, bytes);
    result.output = models::unpack(bytes, shape, type);
    result.cycles = word(job_ + offsetof(fb_kernel_job, cycles));
    return result;
  }

 private:
  [[nodiscard]] std::uint32_t symbol(const char* name) const {
    if (const auto address = elf_.symbol(name)) return *address;
    throw Error(fmt::format("{}: no symbol {}", elf_.path.string(), name));
  }
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

LayerRun LayerRunner::run(const models::Conv& layer, const models::Tensor& in, unsigned rounds) {
  const unsigned a_bits = models::bits(in.type), w_bits = models::bits(layer.weight_type);
  models::check_supported(layer);
  const models::Shape shape = models::output_shape(layer, in.shape);
  const unsigned dot_bits = fb_dot_bits(impl_->level(), a_bits, w_bits);
  check_scale(layer.requantization,
              fb_sum_scale(dot_bits, a_bits, models::is_signed(in.type), w_bits));

  fb_kernel_job job{};
  job.kind = FB_KERNEL_CONV;
  job.in = static_cast<std::uint32_t>(in.type);
  job.weights = static_cast<std::uint32_t>(layer.weight_type) - FB_TYPE_s8;
  job.out = static_cast<std::uint32_t>(layer.out_type);
  job.rounds = rounds;
  fb_conv& l = job.conv;
  L1Image image = impl_->image();
  l.input = image.place("input", models::pack(in));
  l.weights = image.place("weights", pack_weights(layer, in.type, impl_->isa_level()));
  l.requant = image.place("requantization", pack_requantization(layer.requantization));
  l.output =
      image.free_space("output", std::size_t{shape.height} * shape.width *
                                     fb_pixel_bytes(shape.channels, models::bits(layer.out_type)));
  const fb_scratch scratch = fb_conv_scratch(impl_->level(), a_bits, w_bits, layer.in_channels,
                                             layer.kernel_height, layer.kernel_width, layer.stride);
  const std::uint32_t room = (image.left() - std::min(image.left(), 2 * kGuard)) / impl_->cores();
  std::uint32_t patches = 1;
  while (patches < kMostPatches && scratch.fixed + 2 * patches * scratch.patch <= room)
    patches *= 2;
  l.scratch_bytes = (scratch.fixed + patches * scratch.patch + 3) & ~3U;
  l.scratch = image.free_space("scratch memory", std::size_t{l.scratch_bytes} * impl_->cores());
  set_geometry(l, {in.shape, shape, layer.stride, layer.padding.top, layer.padding.left});
  l.in_channels = static_cast<std::uint16_t>(in.shape.channels);
  l.out_channels = static_cast<std::uint16_t>(shape.channels);
  l.kernel_height = static_cast<std::uint8_t>(layer.kernel_height);
  l.kernel_width = static_cast<std::uint8_t>(layer.kernel_width);
  l.pre = layer.requantization.pre;
  l.shift = layer.requantization.shift;
  const std::uint64_t macs =
      std::uint64_t{shape.size()} * layer.kernel_height * layer.kernel_width * layer.in_channels;
  return impl_->run(job, image, l.output, shape, layer.out_type, macs);
}

LayerRun LayerRunner::run(const models::Depthwise& layer, const models::Tensor& in,
                          unsigned rounds) {
  const unsigned a_bits = models::bits(in.type), out_bits = models::bits(layer.out_type);
  models::check_supported(layer);
  const models::Shape shape = models::output_shape(layer, in.shape);
  const unsigned bits = fb_depthwise_bits(impl_->level(), a_bits, models::bits(layer.weight_type));
  check_scale(layer.requantization, fb_sum_scale(bits, a_bits, models::is_signed(in.type), bits));

  fb_kernel_job job{};
  job.kind = FB_KERNEL_DEPTHWISE;
  job.in = static_cast<std::uint32_t>(in.type);
  job.out = static_cast<std::uint32_t>(layer.out_type);
  job.rounds = rounds;
  fb_depthwise& l = job.depthwise;
  L1Image image = impl_->image();
  l.input = image.place("input", models::pack(in));
  l.weights = image.place("weights", pack_weights(layer, bits));
  l.requant = image.place("requantization", pack_requantization(layer.requantization));
  l.output = image.free_space(
      "output", std::size_t{shape.height} * shape.width * fb_pixel_bytes(shape.channels, out_bits));
  const std::uint32_t room = (image.left() - std::min(image.left(), 2 * kGuard)) / impl_->cores();
  const std::uint32_t pitch =
      fb_depthwise_pitch(in.shape.width, layer.padding.left, shape.width, layer.stride, bits);
  const auto scratch = [&](std::uint32_t rows) {
    return fb_depthwise_scratch(rows, pitch, layer.stride, a_bits, bits, shape.width);
  };
  std::uint32_t rows = 1;
  while (rows < shape.height && scratch(rows + 1) + 3 <= room) ++rows;
  l.scratch_bytes = (scratch(rows) + 3) & ~3U;
  l.scratch = image.free_space("scratch memory", std::size_t{l.scratch_bytes} * impl_->cores());
  set_geometry(l, {in.shape, shape, layer.stride, layer.padding.top, layer.padding.left});
  l.channels = static_cast<std::uint16_t>(in.shape.channels);
  l.pre = layer.requantization.pre;
  l.shift = layer.requantization.shift;
  l.bits = static_cast<std::uint8_t>(bits);
  return impl_->run(job, image, l.output, shape, layer.out_type, std::uint64_t{shape.size()} * 9);
}

LayerRun LayerRunner::run(const models::Add& layer, const models::Tensor& a,
                          const models::Tensor& b, unsigned rounds) {
  fb_kernel_job job{};
  job.kind = FB_KERNEL_ADD;
  job.in = static_cast<std::uint32_t>(a.type);
  job.weights = static_cast<std::uint32_t>(b.type);
  job.out = static_cast<std::uint32_t>(layer.out_type);
  job.rounds = rounds;
  fb_add& l = job.add;
  L1Image image = impl_->image();
  l.a = image.place("first operand", models::pack(a));
  l.b = image.place("second operand", models::pack(b));
  l.output = image.free_space("output", packed_bytes(a.shape, layer.out_type));
  l.addition = layer.addition;
  l.pixels = a.shape.height * a.shape.width;
  l.channels = static_cast<std::uint16_t>(a.shape.channels);
  return impl_->run(job, image, l.output, a.shape, layer.out_type, a.shape.size());
}

LayerRun LayerRunner::run(const models::AveragePool& layer, const models::Tensor& in,
                          unsigned rounds) {
  check_scale(layer.requantization,
              fb_sum_scale(8, models::bits(in.type), models::is_signed(in.type), 8));
  const models::Shape shape = {1, 1, in.shape.channels};
  fb_kernel_job job{};
  job.kind = FB_KERNEL_AVERAGE_POOL;
  job.in = static_cast<std::uint32_t>(in.type);
  job.out = static_cast<std::uint32_t>(layer.out_type);
  job.rounds = rounds;
  fb_average_pool& l = job.average_pool;
  L1Image image = impl_->image();
  l.input = image.place("input", models::pack(in));
  l.output = image.free_space("output", packed_bytes(shape, layer.out_type));
  l.requant = layer.requantization.channels.at(0);
  l.pixels = in.shape.height * in.shape.width;
  l.channels = static_cast<std::uint16_t>(in.shape.channels);
  l.pre = layer.requantization.pre;
  l.shift = layer.requantization.shift;
  return impl_->run(job, image, l.output, shape, layer.out_type, in.shape.size());
}

LayerRun LayerRunner::run(const models::MaxPool& layer, const models::Tensor& in, unsigned rounds) {
  models::check_supported(layer);
  const models::Shape shape = models::output_shape(layer, in.shape);
  const models::IntType out = models::output_type(layer, in.type);
  const auto& requant = layer.requantization.channels;
  fb_kernel_job job{};
  job.kind = requant.empty() ? FB_KERNEL_MAX_POOL : FB_KERNEL_MAX_POOL_REQUANTIZED;
  job.in = static_cast<std::uint32_t>(in.type);
  job.out = static_cast<std::uint32_t>(out);
  job.rounds = rounds;
  fb_max_pool& l = job.max_pool;
  L1Image image = impl_->image();
  l.input = image.place("input", models::pack(in));
  l.output = image.free_space("output", packed_bytes(shape, out));
  set_geometry(l, {in.shape, shape, layer.stride, layer.padding.top, layer.padding.left});
  l.channels = static_cast<std::uint16_t>(in.shape.channels);
  l.kernel = static_cast<std::uint8_t>(layer.kernel);
  if (!requant.empty()) l.requant = requant[0];
  l.pre = layer.requantization.pre;
  l.shift = layer.requantization.shift;
  const std::uint64_t compared = std::uint64_t{shape.size()} * layer.kernel * layer.kernel;
  return impl_->run(job, image, l.output, shape, out, compared);
}

}  // namespace freebits::profiler
