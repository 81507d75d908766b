// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace freebits::tb {

/// One gdb at the other end of a loopback socket: packets of the remote serial protocol (gdb
/// manual, appendix "Remote Protocol": $payload#checksum, acknowledged by + until gdb switches that
/// off).
class RspConnection {
 public:
  /// Listens at 127.0.0.1:`port` (0: any). Throws Error when it cannot.
  explicit RspConnection(std::uint16_t port);
  ~RspConnection();
  RspConnection(const RspConnection&) = delete;
  RspConnection& operator=(const RspConnection&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] bool connected() const { return peer_ >= 0; }

  /// Waits for gdb to connect; false when `stop` became true meanwhile.
  bool accept(const std::function<bool()>& stop);
  /// The next packet; nothing when gdb has gone or `stop` became true.
  std::optional<std::string> receive(const std::function<bool()>& stop);
  /// Without waiting: has gdb asked for an interruption (byte 0x03)? Also notices that gdb has
  /// gone.
  bool interruption_requested();
  void send(std::string_view payload);
  void acknowledge_no_more() { acknowledge_ = false; }
  void close();

 private:
  bool fill(int timeout_milliseconds);

  int listener_ = -1;
  int peer_ = -1;
  std::uint16_t port_ = 0;
  bool acknowledge_ = true;
  std::string input_;
};

/// Bytes as hexadecimal digits, and back (nothing when it is not).
[[nodiscard]] std::string to_hex(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_hex(std::string_view digits);

}  // namespace freebits::tb
