// SPDX-License-Identifier: Apache-2.0
#include "search/data/loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "base/error.hpp"
#include "base/start_threads.hpp"

namespace freebits::search {
namespace {

/// Images a worker takes at once: enough that the lock costs nothing, few enough that the workers
/// share the first batch.
constexpr std::size_t kUnit = 8;

/// Keeps the two uses of (seed, epoch) apart.
enum class Stream : std::uint64_t { Order, Image };

std::uint64_t key(Stream stream) { return static_cast<std::uint64_t>(stream); }

LoaderOptions checked(LoaderOptions options, const Dataset& set) {
  const auto at_least = [](const char* what, std::size_t got, std::size_t least) {
    if (got < least) throw Error(fmt::format("{}: {}, expected at least {}", what, got, least));
  };
  at_least("batch", options.batch, 1);
  at_least("workers", options.workers, 1);
  at_least("prefetch", options.prefetch, 2);
  if (set.size() > std::numeric_limits<std::uint32_t>::max())
    throw Error(fmt::format("{} images, expected fewer than 2^32", set.size()));
  if (options.drop_last && set.size() < options.batch) {
    throw Error(fmt::format("batch: {}, expected at most the {} images there are", options.batch,
                            set.size()));
  }
  // No batch is larger than the set; slots need not be.
  options.batch = std::min(options.batch, set.size());
  return options;
}

std::size_t rounded_up(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

}  // namespace

Loader::Loader(std::shared_ptr<const Dataset> set, LoaderOptions options)
    : set_(std::move(set)),
      options_(checked(std::move(options), *set_)),
      augmenter_(set_->shape(), options_.augmentation, options_.normalization),
      images_(options_.drop_last ? set_->size() / options_.batch * options_.batch : set_->size()),
      batches_(rounded_up(images_, options_.batch)),
      units_per_batch_(rounded_up(options_.batch, kUnit)),
      units_((batches_ - 1) * units_per_batch_ + rounded_up(batch_size(batches_ - 1), kUnit)),
      slots_(std::min<std::size_t>(options_.prefetch, std::max<std::size_t>(batches_, 2))),
      order_(set_->size()) {
  for (Slot& slot : slots_) {
    slot.images.resize(options_.batch * set_->shape().size());
    slot.labels.resize(options_.batch);
    slot.indices.resize(options_.batch);
  }
  workers_ = start_threads_or_throw<Error>(
      options_.workers, [this](unsigned, const std::stop_token& stop) { work(stop); });
}

void Loader::start(std::uint64_t epoch, std::size_t first) {
  if (first > batches_) throw Error(fmt::format("batch {}: expected at most {}", first, batches_));
  std::unique_lock lock(mutex_);
  running_ = false;
  finished_.wait(lock, [this] { return in_work_ == 0; });
  epoch_ = epoch;
  shuffle();
  for (Slot& slot : slots_) slot.error = nullptr;
  released_ = first;
  next_unit_ = std::min(first * units_per_batch_, units_);
  lent_ = false;
  started_ = running_ = true;
  lock.unlock();
  may_claim_.notify_all();
}

std::optional<Batch> Loader::next(StopToken stop) {
  std::unique_lock lock(mutex_);
  if (!started_) throw std::logic_error("Loader::next() before start()");
  if (lent_) {
    lent_ = false;
    ++released_;
    may_claim_.notify_all();
  }
  if (released_ == batches_) return std::nullopt;
  constexpr std::chrono::milliseconds kPause{50};
  while (!finished_.wait_for(lock, kPause, [this] { return ready(released_); })) stop.check();
  Slot& slot = slots_[released_ % slots_.size()];
  if (slot.error) std::rethrow_exception(slot.error);
  lent_ = true;
  const std::size_t size = batch_size(released_);
  return Batch{std::span(slot.images).first(size * set_->shape().size()),
               std::span(slot.labels).first(size), std::span(slot.indices).first(size)};
}

void Loader::work(const std::stop_token& stop) {
  std::vector<std::uint8_t> bytes(set_->shape().size());
  std::unique_lock lock(mutex_);
  while (may_claim_.wait(lock, stop, [this] { return claimable(); })) {
    const std::size_t unit = next_unit_++;
    Slot& slot = slots_[unit / units_per_batch_ % slots_.size()];
    ++slot.in_work;
    ++in_work_;
    lock.unlock();
    std::exception_ptr error;
    try {
      fill(unit, slot, bytes, stop);
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    // Of several, the first image's: the same whichever worker was faster.
    if (error && (!slot.error || unit < slot.error_unit)) {
      slot.error = error;
      slot.error_unit = unit;
    }
    --slot.in_work;
    --in_work_;
    finished_.notify_all();
  }
}

void Loader::fill(std::size_t unit, Slot& slot, std::span<std::uint8_t> bytes,
                  const std::stop_token& stop) {
  const std::size_t batch = unit / units_per_batch_;
  const std::size_t begin = unit % units_per_batch_ * kUnit;
  const std::size_t end = std::min(begin + kUnit, batch_size(batch));
  for (std::size_t i = begin; i < end && !stop.stop_requested(); ++i) {
    const std::uint32_t index = order_[batch * options_.batch + i];
    Random random({options_.seed, epoch_, key(Stream::Image), index});
    const std::uint64_t view = random.next();
    if (options_.augmentation.view) {
      set_->read_view(index, view, bytes);
    } else {
      set_->read(index, bytes);
    }
    augmenter_.apply(bytes, random, std::span(slot.images).subspan(i * bytes.size(), bytes.size()));
    slot.labels[i] = set_->label(index);
    slot.indices[i] = index;
  }
}

/// From the identity every time, not from the last epoch's order: nothing to store for a resume.
void Loader::shuffle() {
  std::iota(order_.begin(), order_.end(), 0U);
  if (!options_.shuffle) return;
  Random random({options_.seed, epoch_, key(Stream::Order)});
  for (std::size_t i = order_.size(); i > 1; --i) std::swap(order_[i - 1], order_[random.below(i)]);
}

bool Loader::claimable() const {
  return running_ && next_unit_ < units_ &&
         next_unit_ / units_per_batch_ < released_ + slots_.size();
}

bool Loader::ready(std::size_t batch) const {
  const bool claimed = next_unit_ >= std::min((batch + 1) * units_per_batch_, units_);
  return claimed && slots_[batch % slots_.size()].in_work == 0;
}

std::size_t Loader::batch_size(std::size_t batch) const {
  return std::min(options_.batch, images_ - batch * options_.batch);
}

}  // namespace freebits::search
