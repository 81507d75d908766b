// SPDX-License-Identifier: Apache-2.0
#include "cli/common/host_instructions.hpp"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace freebits::cli {

HostInstructions::HostInstructions() {
  perf_event_attr what{};
  what.size = sizeof what;
  what.type = PERF_TYPE_HARDWARE;
  what.config = PERF_COUNT_HW_INSTRUCTIONS;
  what.disabled = 1;
  what.exclude_kernel = 1;
  what.exclude_hv = 1;
  what.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  descriptor_ =
      static_cast<int>(syscall(SYS_perf_event_open, &what, 0, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

HostInstructions::~HostInstructions() {
  if (available()) close(descriptor_);
}

void HostInstructions::start() {
  if (!available()) return;
  ioctl(descriptor_, PERF_EVENT_IOC_RESET, 0);
  ioctl(descriptor_, PERF_EVENT_IOC_ENABLE, 0);
}

std::optional<std::uint64_t> HostInstructions::stop() {
  if (!available()) return std::nullopt;
  ioctl(descriptor_, PERF_EVENT_IOC_DISABLE, 0);
  struct {
    std::uint64_t count, enabled, running;
  } value{};
  if (read(descriptor_, &value, sizeof value) != sizeof value) return std::nullopt;
  if (value.running == 0 || value.running != value.enabled) return std::nullopt;
  return value.count;
}

}  // namespace freebits::cli
