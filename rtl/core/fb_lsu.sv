// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Load-store unit. EX side: issues one access, or two for one that crosses a word boundary (lower
// word first). WB side: assembles and extends the loaded value.
//
// Throughput: one aligned access per cycle; the next request may share the cycle of the previous
// response. Handshake: valid_i holds until done_o (last access granted; the instruction moves to
// WB) or fault_o (an access was refused; nothing is outstanding then). rdata_valid_o marks the last
// response of the instruction in WB.
module fb_lsu (
  input  wire                      clk_i,
  input  wire                      rst_ni,
  // EX
  input  wire                      valid_i,
  input  wire                      store_i,
  input  wire  [1:0]               size_i,       // mem_size_e
  input  wire                      unsigned_i,
  input  wire  [31:0]              addr_i,
  input  wire  [31:0]              wdata_i,
  output logic                     done_o,
  output logic                     fault_o,
  output logic [31:0]              fault_addr_o,
  output logic                     wait_gnt_o,   // a request stands without grant
  // WB
  output logic                     pending_o,    // a response is outstanding
  output logic                     rdata_valid_o,
  output logic [31:0]              rdata_o,      // extended to 32 bits
  output logic [31:0]              rdata_raw_o,  // bytes as read, zero-extended (RVFI)
  // bus
  output logic                     data_req_o,
  output logic [31:0]              data_addr_o,
  output logic                     data_we_o,
  output logic [3:0]               data_be_o,
  output logic [31:0]              data_wdata_o,
  input  wire                      data_gnt_i,
  input  wire                      data_err_i,
  input  wire                      data_rvalid_i,
  input  wire  [31:0]              data_rdata_i
);

  logic                    second_q;   // the lower word of a crossing access has been granted
  logic                    pending_q;  // granted, response outstanding
  logic                    first_q;    // … of the lower word of a crossing access
  logic [31:0]             lower_q;    // its data
  logic [1:0]              offset_q;   // of the instruction in WB
  logic [1:0]              size_q;
  logic                    unsigned_q;
  logic                    crossed_q;

  // EX
  logic        crossing, granted;
  logic [3:0]  bytes;
  logic [7:0]  lanes;
  logic [63:0] shifted;
  always_comb begin
    crossing     = 'x;
    bytes        = 'x;
    lanes        = 'x;
    shifted      = 'x;
    data_be_o    = 'x;
    data_wdata_o = 'x;
    if (valid_i) begin
      crossing     = (size_i == fb_core_pkg::SizeWord && addr_i[1:0] != 2'd0) ||
                     (size_i == fb_core_pkg::SizeHalf && addr_i[1:0] == 2'd3);
      bytes        = size_i == fb_core_pkg::SizeWord ? 4'b1111 :
                     size_i == fb_core_pkg::SizeHalf ? 4'b0011 : 4'b0001;
      lanes        = {4'd0, bytes} << addr_i[1:0];
      shifted      = {32'd0, wdata_i} << {addr_i[1:0], 3'd0};
      data_be_o    = second_q ? lanes[7:4] : lanes[3:0];
      data_wdata_o = second_q ? shifted[63:32] : shifted[31:0];
    end
  end

  assign data_req_o   = valid_i && (!pending_q || data_rvalid_i);
  assign data_addr_o  = {addr_i[31:2] + {29'd0, second_q}, 2'b00};
  assign data_we_o    = store_i;

  assign granted      = data_req_o && data_gnt_i && !data_err_i;
  assign done_o       = granted && (!crossing || second_q);
  assign fault_o      = data_req_o && data_gnt_i && data_err_i;
  assign fault_addr_o = second_q ? data_addr_o : addr_i;
  assign wait_gnt_o   = data_req_o && !data_gnt_i;

  // WB
  logic [63:0] window;
  logic [31:0] raw;
  always_comb begin
    window      = 'x;
    raw         = 'x;
    rdata_raw_o = 'x;
    rdata_o     = 'x;
    if (rdata_valid_o) begin
      window = {data_rdata_i, crossed_q ? lower_q : data_rdata_i};
      raw    = window[{1'b0, offset_q, 3'd0} +: 32];
      unique case (size_q)
        fb_core_pkg::SizeByte: begin
          rdata_raw_o = {24'd0, raw[7:0]};
          rdata_o     = {{24{raw[7] && !unsigned_q}}, raw[7:0]};
        end
        fb_core_pkg::SizeHalf: begin
          rdata_raw_o = {16'd0, raw[15:0]};
          rdata_o     = {{16{raw[15] && !unsigned_q}}, raw[15:0]};
        end
        default: begin
          rdata_raw_o = raw;
          rdata_o     = raw;
        end
      endcase
    end
  end
  assign pending_o     = pending_q;
  assign rdata_valid_o = pending_q && data_rvalid_i && !first_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      second_q  <= 1'b0;
      pending_q <= 1'b0;
      first_q   <= 1'b0;
    end else begin
      if (granted) second_q <= crossing && !second_q;
      else if (fault_o) second_q <= 1'b0;
      if (granted) begin
        pending_q <= 1'b1;
        first_q   <= crossing && !second_q;
      end else if (data_rvalid_i) begin
        pending_q <= 1'b0;
        first_q   <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      lower_q    <= '0;
      offset_q   <= '0;
      size_q     <= fb_core_pkg::SizeByte;
      unsigned_q <= 1'b0;
      crossed_q  <= 1'b0;
    end else begin
      if (first_q && data_rvalid_i) lower_q <= data_rdata_i;
      if (done_o) begin
        offset_q   <= addr_i[1:0];
        size_q     <= size_i;
        unsigned_q <= unsigned_i;
        crossed_q  <= crossing;
      end
    end
  end

endmodule

`default_nettype wire
