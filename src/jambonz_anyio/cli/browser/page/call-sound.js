class CallSound extends HTMLElement {}
customElements.define("call-sound", CallSound);
