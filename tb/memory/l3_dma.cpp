// SPDX-License-Identifier: Apache-2.0
#include "tb/memory/l3_dma.hpp"

#include <cstring>

#include "tb/cluster_numbers.hpp"

namespace freebits::tb {
namespace {

namespace n = cluster_numbers;

constexpr std::uint64_t kStartUp = 2;  ///< cycles from START, or from the end of the transfer
constexpr std::uint64_t kNext = 1;     ///< before it, to the first cycle of a transfer

constexpr unsigned kRegister = 4;

std::uint32_t offset_of(const tlm::tlm_generic_payload& payload) {
  return static_cast<std::uint32_t>(payload.get_address()) - n::OutsideIoBase;
}

bool is_start(const tlm::tlm_generic_payload& payload) {
  return payload.is_read() && payload.get_data_length() == kRegister &&
         offset_of(payload) == n::DmaStart;
}

/// The core that asks; what is no core has no view.
unsigned requester(const tlm::tlm_generic_payload& payload) {
  const auto* requester = payload.get_extension<Requester>();
  return requester != nullptr ? requester->id : L3Dma::kCores;
}

}  // namespace

void L3Dma::reset() {
  views_ = {};
  queue_.clear();
  moving_ = false;
  due_ = kNever;
  moved_ = 0;
}

std::uint32_t L3Dma::load(const View& view, std::uint32_t offset) {
  switch (offset) {
    case n::DmaSource:
      return view.rows.source;
    case n::DmaDestination:
      return view.rows.destination;
    case n::DmaBytes:
      return view.rows.bytes;
    case n::DmaRows:
      return view.rows.rows;
    case n::DmaSourceStride:
      return view.rows.source_stride;
    case n::DmaDestinationStride:
      return view.rows.destination_stride;
    case n::DmaDone:
      return view.done;
    case n::DmaError:
      return view.error;
    default:
      return 0;
  }
}

void L3Dma::store(View& view, std::uint32_t offset, std::uint32_t value) {
  switch (offset) {
    case n::DmaSource:
      view.rows.source = value;
      break;
    case n::DmaDestination:
      view.rows.destination = value;
      break;
    case n::DmaBytes:
      view.rows.bytes = value;
      break;
    case n::DmaRows:
      view.rows.rows = value;
      break;
    case n::DmaSourceStride:
      view.rows.source_stride = value;
      break;
    case n::DmaDestinationStride:
      view.rows.destination_stride = value;
      break;
    case n::DmaError:
      view.error = value & 1;
      break;
    default:
      break;
  }
}

void L3Dma::start(unsigned core, std::uint64_t now) {
  queue_.push_back({core, views_[core].rows});
  ++views_[core].started;
  if (queue_.size() == 1) due_ = now + kStartUp;
}

bool L3Dma::ready(const tlm::tlm_generic_payload& payload) const {
  return queue_.size() < kQueueDepth || !is_start(payload);
}

std::uint64_t L3Dma::serve(tlm::tlm_generic_payload& payload, std::uint64_t now) {
  const unsigned core = requester(payload);
  if (core < kCores && is_start(payload)) {
    start(core, now);
    std::memcpy(payload.get_data_ptr(), &views_[core].started, kRegister);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  } else {
    transport_dbg(payload);
  }
  return now + latency_;
}

/// Registers without the effect of a load of START.
unsigned int L3Dma::transport_dbg(tlm::tlm_generic_payload& payload) {
  std::uint8_t* data = payload.get_data_ptr();
  const unsigned length = payload.get_data_length();
  if (payload.is_read()) std::memset(data, 0, length);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
  const unsigned core = requester(payload);
  if (core >= kCores || length % kRegister != 0) return length;
  for (unsigned i = 0; i < length; i += kRegister) {
    std::uint32_t value = 0;
    if (payload.is_write()) {
      std::memcpy(&value, data + i, kRegister);
      store(views_[core], offset_of(payload) + i, value);
    } else {
      value = load(views_[core], offset_of(payload) + i);
      std::memcpy(data + i, &value, kRegister);
    }
  }
  return length;
}

bool L3Dma::advance(std::uint64_t now) {
  const Entry& entry = queue_.front();
  View& view = views_[entry.core];
  if (moving_) {
    moving_ = !transfer_.advance(now);
    if (!moving_) moved_ += std::uint64_t{entry.rows.bytes} * entry.rows.rows;
  } else if (!entry.rows.empty()) {
    moving_ = transfer_.begin(entry.rows, now);
    if (!moving_) view.error = 1;
  }
  if (moving_) {
    due_ = transfer_.due();
    return false;
  }
  ++view.done;
  queue_.pop_front();
  due_ = queue_.empty() ? kNever : now + kNext;
  return true;
}

}  // namespace freebits::tb
