// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Shared instruction cache: 16-byte lines, set-associative, first in first out, line-interleaved
// banks (fb_icache_bank) of which each serves one line a cycle, to all ports that ask for it.
// Executable is what lies in L2 or L3; other lines are answered with an error and never asked for
// outside.
//
// Latency: a hit is answered in the cycle after its grant; a miss asks the outside for its two
// halves in the two cycles after that and is answered in the cycle the second one comes. A port's
// miss also fetches the next line, as far as that one's bank is free. Misses of different banks
// overlap.
//
// Handshake: a port has one request in flight; the next may be granted in the cycle of its answer.
// A request may be withdrawn or change until its grant. out_req_o stands, unchanged, until its
// grant.
module fb_icache #(
  parameter int NumPorts = 8,
  parameter int Bytes    = 4096,
  parameter int Ways     = 4,     // powers of two; at least two sets in a bank
  parameter int Banks    = 2
) (
  input  wire                    clk_i,
  input  wire                    rst_ni,
  input  wire                    flush_i,       // forget all; a request of this same cycle misses
  input  wire  [31:0]            l2_bytes_i,    // multiples of 16
  input  wire  [31:0]            l3_bytes_i,
  input  wire  [NumPorts-1:0]    req_i,
  input  wire  [NumPorts-1:0]    prefetch_i,    // nobody waits: answered at once, a miss with error
  input  wire  [NumPorts*32-1:0] addr_i,        // multiples of 16
  output logic [NumPorts-1:0]    gnt_o,
  output logic [NumPorts-1:0]    rvalid_o,
  output logic [NumPorts*128-1:0] rdata_o,
  output logic [NumPorts-1:0]    err_o,
  // outside port
  output logic                   out_req_o,
  output logic [31:0]            out_addr_o,     // multiple of 8
  input  wire                    out_gnt_i,
  input  wire                    out_rvalid_i,
  input  wire  [63:0]            out_rdata_i
);

  localparam int BankWidth = Banks > 1 ? $clog2(Banks) : 1;

  logic [Banks*NumPorts-1:0] bank_gnt, bank_rvalid;
  logic [Banks*128-1:0]      bank_rdata;
  logic [Banks-1:0]          bank_err, next_gnt, missed, miss_valid, miss_asked, beat_valid;
  logic [Banks*28-1:0]       lookup_line, miss_line;
  logic                      next_valid_q;
  logic [27:0]               next_line_q;
  logic                      beat_last;

  // The straps are constant; registered, they are not inputs of every lookup.
  logic [27:0]               l2_lines_q, l3_lines_q;
  always_ff @(posedge clk_i) begin
    l2_lines_q <= l2_bytes_i[31:4];
    l3_lines_q <= l3_bytes_i[31:4];
  end

  for (genvar b = 0; b < Banks; b++) begin : g_bank
    fb_icache_bank #(
      .NumPorts(NumPorts),
      .Lines   (Bytes / 16 / Banks),
      .Ways    (Ways),
      .Banks   (Banks),
      .Bank    (b)
    ) u_bank (
      .clk_i,
      .rst_ni,
      .flush_i,
      .l2_lines_i   (l2_lines_q),
      .l3_lines_i   (l3_lines_q),
      .req_i,
      .prefetch_i,
      .addr_i,
      .gnt_o        (bank_gnt[b*NumPorts +: NumPorts]),
      .rvalid_o     (bank_rvalid[b*NumPorts +: NumPorts]),
      .err_o        (bank_err[b]),
      .rdata_o      (bank_rdata[b*128 +: 128]),
      .next_valid_i (next_valid_q),
      .next_line_i  (next_line_q),
      .next_gnt_o   (next_gnt[b]),
      .missed_o     (missed[b]),
      .lookup_line_o(lookup_line[b*28 +: 28]),
      .miss_valid_o (miss_valid[b]),
      .miss_line_o  (miss_line[b*28 +: 28]),
      .miss_asked_i (miss_asked[b]),
      .beat_valid_i (beat_valid[b]),
      .beat_last_i  (beat_last),
      .beat_data_i  (out_rdata_i)
    );
  end

  always_comb begin
    gnt_o = '0;
    for (int b = 0; b < Banks; b++) gnt_o = gnt_o | bank_gnt[b*NumPorts +: NumPorts];
  end

  // Answers of the banks go to different ports.
  always_comb begin
    rvalid_o = '0;
    err_o    = '0;
    rdata_o  = '0;
    if (bank_rvalid != '0) begin
      for (int b = 0; b < Banks; b++) begin
        rvalid_o = rvalid_o | bank_rvalid[b*NumPorts +: NumPorts];
        if (bank_err[b]) err_o = err_o | bank_rvalid[b*NumPorts +: NumPorts];
        for (int p = 0; p < NumPorts; p++) begin
          if (bank_rvalid[b*NumPorts + p]) rdata_o[p*128 +: 128] = bank_rdata[b*128 +: 128];
        end
      end
    end
  end

  // The line after a missing one.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) next_valid_q <= 1'b0;
    else if (missed != '0) next_valid_q <= 1'b1;
    else if (next_gnt != '0) next_valid_q <= 1'b0;
  end
  always_ff @(posedge clk_i) begin
    if (missed != '0) begin
      for (int b = 0; b < Banks; b++) begin
        if (missed[b]) next_line_q <= lookup_line[b*28 +: 28] + 28'd1;
      end
    end
  end

  // Refill: the misses of the banks in turn, both halves of a line together.
  logic                 hold_q, upper_q;
  logic [BankWidth-1:0] bank, bank_q;
  always_comb begin
    bank = bank_q;
    if (!hold_q && miss_valid != '0) begin
      for (int b = 0; b < Banks; b++) begin
        if (miss_valid[BankWidth'(32'(bank_q) - b)]) bank = BankWidth'(32'(bank_q) - b);
      end
    end
    out_addr_o = '0;
    miss_asked = '0;
    if (miss_valid != '0) begin
      for (int b = 0; b < Banks; b++) begin
        if (bank == BankWidth'(b)) begin
          out_addr_o    = {miss_line[b*28 +: 28], upper_q, 3'd0};
          miss_asked[b] = upper_q && out_gnt_i;
        end
      end
    end
  end
  assign out_req_o = miss_valid != '0;

  // The banks asked for, in order: each has at most one miss.
  logic [BankWidth-1:0] order_q [2**BankWidth];
  logic [BankWidth-1:0] asked_q, answered_q;
  logic                 half_q;
  assign beat_last = half_q;
  always_comb begin
    beat_valid = '0;
    if (out_rvalid_i) beat_valid = Banks'(1) << order_q[answered_q];
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      hold_q     <= 1'b0;
      upper_q    <= 1'b0;
      bank_q     <= '0;
      asked_q    <= '0;
      answered_q <= '0;
      half_q     <= 1'b0;
    end else begin
      if (out_req_o) begin
        bank_q <= bank;
        hold_q <= !(out_gnt_i && upper_q);
        if (out_gnt_i) begin
          upper_q <= !upper_q;
          asked_q <= asked_q + BankWidth'(upper_q);
        end
      end
      if (out_rvalid_i) begin
        half_q     <= !half_q;
        answered_q <= answered_q + BankWidth'(half_q);
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (out_req_o && out_gnt_i && !upper_q) order_q[asked_q] <= bank;
  end

  logic unused_bits;
  assign unused_bits = ^{l2_bytes_i[3:0], l3_bytes_i[3:0]};

endmodule

`default_nettype wire
