// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace freebits::tb {

/// One gdb after the other at the other end of a loopback socket: packets of the remote serial
/// protocol (gdb manual, appendix "Remote Protocol": $payload#checksum, acknowledged by + until gdb
/// switches that off). Whatever the other end does or does not do, no function waits longer than a
/// tenth of a second after an interruption, or takes more memory than a packet.
class RspConnection {
 public:
  /// Maximum bytes of a packet from gdb, with frame and checksum; a longer one ends the connection.
  static constexpr std::size_t kPacketSize = 0x4000;

  /// Listens at 127.0.0.1:`port` (0: any). Throws Error when it cannot.
  explicit RspConnection(std::uint16_t port);
  ~RspConnection();
  RspConnection(const RspConnection&) = delete;
  RspConnection& operator=(const RspConnection&) = delete;

  /// When `flag` is set (Ctrl-C), every wait ends.
  void interrupt_with(const std::atomic<bool>* interrupted) { interrupted_ = interrupted; }
  [[nodiscard]] bool interrupted() const { return interrupted_ != nullptr && *interrupted_; }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] bool connected() const { return peer_ >= 0; }

  /// Waits for gdb to connect; false when interrupted meanwhile.
  bool accept();
  /// Whether gdb has connected, without waiting.
  bool accept_waiting();
  /// The next packet; nothing if gdb has closed the connection or after an interruption.
  std::optional<std::string> receive();
  /// Whether gdb has asked for an interruption (byte 0x03), without waiting. Also notices that gdb
  /// has closed the connection.
  bool interruption_requested();
  /// Waits until gdb has received the packet; drops it after an interruption.
  void send(std::string_view payload);
  void acknowledge_no_more() { acknowledge_ = false; }
  void close();

 private:
  bool fill(int timeout_milliseconds);
  std::optional<std::string> take_packet();
  void send_raw(std::string_view bytes);

  const std::atomic<bool>* interrupted_ = nullptr;
  int listener_ = -1;
  int peer_ = -1;
  std::uint16_t port_ = 0;
  bool acknowledge_ = true;
  std::string input_;
};

}  // namespace freebits::tb
